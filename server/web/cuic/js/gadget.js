/* What both gadgets share: what they were asked to show, who asks, and CUIC's REST calls. In a
 * Finesse desktop that comes from the documented objects `gadgets` and `finesse`, elsewhere from
 * the parameters of the page's URL. */
(function () {
    'use strict';

    const script = document.currentScript.src;
    const embedded = window.cuicGadget || {};
    const VIEWS_MAX = 5;

    /* ---- parameters ---- */

    /** Those of the gadget's URL, wherever they can be found: what CUIC wrote into the XML, the URL
     *  that the container was given, the page's own. */
    function readParameters() {
        const all = Object.assign({}, embedded.parameters);
        const add = (query) => new URLSearchParams(query).forEach((value, name) => {
            all[name] = value;
        });
        if (window.gadgets && gadgets.util && gadgets.util.getUrlParameters) {
            const url = gadgets.util.getUrlParameters().url;
            if (url && url.includes('?'))
                add(url.slice(url.indexOf('?') + 1));
        }
        if (!window.gadgets)
            add(location.search);
        return all;
    }

    const parameters = readParameters();

    /** What the desktop knows of its user: finesse.gadget.Config, else the container's preferences,
     *  else the URL. */
    function preference(name) {
        const config = window.finesse && finesse.gadget && finesse.gadget.Config;
        if (config && config[name])
            return String(config[name]);
        if (window.gadgets && gadgets.Prefs) {
            const value = new gadgets.Prefs().getString(name);
            if (value)
                return value;
        }
        return parameters[name] || '';
    }

    /** Where CUIC is: as its XML says, else where this script came from. */
    const cuic = parameters.cuic || embedded.cuic || new URL(script).origin;

    /** Where Live Data is, the first choice first. */
    function liveDataHosts() {
        if (parameters.liveData)
            return parameters.liveData.split(',');
        return embedded.liveData && embedded.liveData.length > 0 ? embedded.liveData : [cuic];
    }

    /** The Authorization header: the desktop's own, or that of a login in the URL, whose password
     *  the simulator does not look at. */
    function authorization() {
        const utilities = window.finesse && finesse.utilities && finesse.utilities.Utilities;
        if (utilities && utilities.getAuthHeaderString && finesse.gadget && finesse.gadget.Config)
            return utilities.getAuthHeaderString(finesse.gadget.Config);
        const coded = preference('authorization');
        if (coded)
            return coded.includes(' ') ? coded : 'Basic ' + coded;
        return preference('loginId') ? 'Basic ' + btoa(preference('loginId') + ':') : '';
    }

    /** "agent.id=CL teamName" as {name, value}; placeholders that the desktop knows are filled in,
     *  the others are for CUIC, which knows who asks. */
    function readFilter(text) {
        const equals = text.indexOf('=');
        const name = equals < 0 ? text : text.slice(0, equals);
        const value = (equals < 0 ? 'CL' : text.slice(equals + 1)).split(' ').map((word) => {
            if (word === 'loginId' || word === '~loginId~')
                return preference('loginId') || word;
            if (word === 'teamName' || word === '~teams~')
                return preference('teamName') || word;
            return word;
        }).join(' ');
        return {name: name, value: value};
    }

    /** The views that are asked for: [{id, filters}]. */
    function readViews() {
        const views = [];
        for (const end of ['', ...Array.from({length: VIEWS_MAX}, (_, i) => '_' + (i + 1))]) {
            if (!parameters['viewId' + end])
                continue;
            views.push({
                id: parameters['viewId' + end].trim(),
                filters: ['filterId' + end, 'compositeFilterId' + end]
                    .filter((name) => parameters[name])
                    .map((name) => readFilter(parameters[name])),
            });
        }
        return views;
    }

    /** The filters of a historical report: parameters that begin with '@'. */
    function readReportFilters() {
        return Object.keys(parameters).filter((name) => name[0] === '@')
            .map((name) => readFilter(name + '=' + parameters[name]));
    }

    /* ---- CUIC ---- */

    /** Why an answer did not come through, as far as a page is told.
     *  @param request  {url, method, headers} that had none, for the simulator to explain */
    function unreachable(what, base, commands, request) {
        const error = new Error('No answer of ' + what + ' at ' + base + ' came through. Does its list ' +
            'of allowed origins have ' + window.origin + ' (' + commands + ' cors allowed_origin ' +
            'list), does it accept the login, is its certificate trusted, does its service run? ' +
            'The console of the browser says more.');
        error.request = request;
        return error;
    }

    async function explain(answer, what) {
        let text = what + ' answered with status ' + answer.status + '.';
        try {
            text = (await answer.json()).error.message;
        } catch (e) {
            if (answer.status === 401)
                text = what + ' did not accept the login.';
        }
        const error = new Error(text);
        error.status = answer.status;
        return error;
    }

    /** A REST call; gives the JSON of the answer. */
    async function rest(method, path, body) {
        const headers = {Accept: 'application/json'};
        if (authorization())
            headers.Authorization = authorization();
        if (body !== undefined)
            headers['Content-Type'] = 'application/json';
        const url = cuic + '/cuic/rest/en_US/' + path;
        let answer = null;
        try {
            answer = await fetch(url, {
                method: method,
                credentials: 'omit', // a wrong login must not make the browser ask for another
                headers: headers,
                body: body === undefined ? undefined : JSON.stringify(body),
            });
        } catch (e) {
            throw unreachable('CUIC', cuic, 'utils cuic',
                {url: url, method: method, headers: Object.keys(headers).join(',')});
        }
        if (!answer.ok)
            throw await explain(answer, 'CUIC');
        return answer.json();
    }

    const descriptions = new Map();

    /** What CUIC says of a view. It is asked once, unless that failed. */
    function describe(id) {
        if (!descriptions.has(id)) {
            const asked = rest('GET', 'views/' + encodeURIComponent(id));
            asked.catch(() => descriptions.delete(id));
            descriptions.set(id, asked);
        }
        return descriptions.get(id);
    }

    /* ---- the container ---- */

    function height() {
        const wanted = Number(parameters.gadgetHeight);
        return wanted > 0 ? wanted : 310;
    }

    function setTitle(title) {
        if (window.gadgets && gadgets.window && gadgets.window.setTitle)
            gadgets.window.setTitle(title);
        else
            document.title = title;
    }

    /** @param extra  pixels beyond what the layout asks for */
    function adjustHeight(extra) {
        if (window.gadgets && gadgets.window && gadgets.window.adjustHeight)
            gadgets.window.adjustHeight(height() + (extra || 0));
    }

    /** A file of the desktop's, whose origin is this page's, though not its base. */
    function addToHead(name, attribute, path) {
        return new Promise((resolve) => {
            const element = document.createElement(name);
            element.onload = element.onerror = () => resolve();
            element.rel = 'stylesheet'; // means nothing to a script
            element[attribute] = window.location.origin + path;
            document.head.append(element);
        });
    }

    /** Finesse's own script, which gadgets have to load for themselves there. */
    function loadFinesse() {
        if (!window.gadgets || window.finesse)
            return Promise.resolve();
        return addToHead('script', 'src', '/desktop/assets/js/finesse.js');
    }

    let why = null;

    /** What the simulated desktop has to explain failures; no other desktop has it. */
    function loadWhy() {
        if (!window.gadgets)
            return Promise.resolve();
        if (!why)
            why = Promise.all([addToHead('script', 'src', '/desktop/sim/why.js'),
                addToHead('link', 'href', '/desktop/sim/why.css')]);
        return why;
    }

    window.CuicGadget = {
        adjustHeight: adjustHeight,
        authorization: authorization,
        cuic: cuic,
        describe: describe,
        explain: explain,
        height: height,
        liveDataHosts: liveDataHosts,
        loadFinesse: loadFinesse,
        loadWhy: loadWhy,
        parameters: parameters,
        reportFilters: readReportFilters,
        rest: rest,
        setTitle: setTitle,
        unreachable: unreachable,
        views: readViews,
    };
}());
