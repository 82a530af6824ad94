/* The OpenSocial container's side within a gadget's frame, which the server puts into every gadget's
 * page: preferences, the hub to the other gadgets, height and title, requests. Written from the
 * OpenSocial Core Gadget Specification 2.5.1 and the OpenAjax Hub 2.0 Specification. What of them
 * is there stands in docs/desktop.md. */
(function () {
    'use strict';

    const element = document.getElementById('gadget-config');
    const config = element ? JSON.parse(element.textContent) : {};
    const prefs = config.prefs || {};
    const messages = config.messages || {};
    const features = config.features || {};
    const origin = window.location.origin;
    const isFramed = window.parent !== window;

    /** To the desktop, which is of the same origin. */
    function tell(type, data) {
        if (isFramed)
            window.parent.postMessage(Object.assign({cuicsim: type}, data), origin);
    }

    /** What can be sent to another window: functions and such are left away. */
    function plain(value) {
        return value === undefined ? null : JSON.parse(JSON.stringify(value));
    }

    function call(handler, scope, ...args) {
        try {
            return handler.apply(scope, args);
        } catch (e) {
            // As in a handler of the browser's own: the others go on, the console shows it.
            window.setTimeout(() => { throw e; }, 0);
            return undefined;
        }
    }

    /* ---- gadgets.util ---- */

    const onLoadHandlers = [];
    let isLoaded = false;
    const urlParameters = Object.fromEntries(new URLSearchParams(window.location.search));

    const util = {
        getUrlParameters: (url) => url === undefined ? urlParameters
            : Object.fromEntries(new URL(url, document.baseURI).searchParams),
        registerOnLoadHandler: (handler) => {
            if (isLoaded)
                call(handler);
            else
                onLoadHandlers.push(handler);
        },
        runOnLoadHandlers: () => {
            if (isLoaded)
                return;
            isLoaded = true;
            onLoadHandlers.splice(0).forEach((handler) => call(handler));
        },
        hasFeature: (name) => name in features || name === 'core',
        getFeatureParameters: (name) => features[name] || null,
        getServices: () => ({}),
        makeClosure: (scope, handler, ...first) => (...rest) => handler.apply(scope, [...first, ...rest]),
        makeEnum: (values) => Object.fromEntries(Array.from(values).map((value) => [value, value])),
        escapeString: (text) => String(text).replace(/[&<>"'\\\u2028\u2029]/g,
            (c) => '&#' + c.charCodeAt(0) + ';'),
        unescapeString: (text) => String(text).replace(/&#(\d+);/g,
            (all, code) => String.fromCharCode(Number(code))),
        escape: (value, deep) => {
            if (typeof value === 'string')
                return util.escapeString(value);
            if (value === null || typeof value !== 'object')
                return value;
            const copy = Array.isArray(value) ? [] : {};
            for (const key of Object.keys(value))
                copy[util.escapeString(key)] = deep ? util.escape(value[key], true) : value[key];
            return copy;
        },
        attachBrowserEvent: (target, name, handler, capture) =>
            target.addEventListener(name, handler, Boolean(capture)),
        removeBrowserEvent: (target, name, handler, capture) =>
            target.removeEventListener(name, handler, Boolean(capture)),
        shouldPollXhrReadyStateChange: () => false,
    };

    /* ---- gadgets.Prefs ---- */

    class Prefs {
        getString(name) {
            return prefs[name] === undefined ? '' : String(prefs[name]);
        }

        getInt(name) {
            const number = parseInt(this.getString(name), 10);
            return Number.isNaN(number) ? 0 : number;
        }

        getFloat(name) {
            const number = parseFloat(this.getString(name));
            return Number.isNaN(number) ? 0 : number;
        }

        getBool(name) {
            const text = this.getString(name);
            return text === 'true' || (text !== '' && Number(text) !== 0 && !Number.isNaN(Number(text)));
        }

        getArray(name) {
            const text = this.getString(name);
            return text === '' ? [] : text.split('|').map((part) => part.replace(/%7C/g, '|'));
        }

        getJSON(name) {
            return gadgets.json.parse(this.getString(name));
        }

        getMsg(name) {
            return messages[name] === undefined ? '' : messages[name];
        }

        getMsgFormatted(name, values) {
            let text = this.getMsg(name);
            for (const key of Object.keys(values || {}))
                text = text.split('${' + key + '}').join(values[key]);
            return text;
        }

        getLang() {
            return this.getString('language') || 'en';
        }

        getCountry() {
            return this.getString('country') || 'ALL';
        }

        getModuleId() {
            return config.moduleId || 0;
        }

        /** Lasts as long as the frame: the simulator keeps nothing for users. */
        set(name, value) {
            if (typeof name === 'object')
                Object.keys(name).forEach((key) => { prefs[key] = name[key]; });
            else
                prefs[name] = value;
        }

        setArray(name, values) {
            prefs[name] = values.map((value) => String(value).replace(/\|/g, '%7C')).join('|');
        }

        dump() {
            return Object.assign({}, prefs);
        }
    }

    /* ---- gadgets.window ---- */

    /** The height of what is in the page, whatever the frame's height is. */
    function contentHeight() {
        const body = document.body;
        const root = document.documentElement;
        if (!body)
            return 0;
        const style = window.getComputedStyle(body);
        const margins = (parseFloat(style.marginTop) || 0) + (parseFloat(style.marginBottom) || 0);
        const natural = Math.max(body.offsetHeight, body.scrollHeight) + margins;
        return Math.ceil(root.scrollHeight > window.innerHeight
            ? Math.max(natural, root.scrollHeight) : natural);
    }

    let isAutomatic = false; /* the gadget wants the height of what is in it */

    const gadgetWindow = {
        adjustHeight: (height) => {
            const wanted = Number(height);
            isAutomatic = !(wanted > 0);
            tell('height', {height: isAutomatic ? contentHeight() : wanted});
        },
        adjustWidth: () => {},
        getViewportDimensions: () => ({
            width: document.documentElement.clientWidth,
            height: document.documentElement.clientHeight,
        }),
        getWidth: () => document.documentElement.clientWidth,
        getHeight: contentHeight,
        setTitle: (title) => tell('title', {title: String(title)}),
    };

    /* ---- gadgets.json ---- */

    const json = {
        parse: (text) => {
            try {
                return JSON.parse(text);
            } catch (e) {
                return false;
            }
        },
        stringify: (value) => JSON.stringify(value),
    };

    /* ---- gadgets.io ---- */

    const RequestParameters = util.makeEnum(['METHOD', 'CONTENT_TYPE', 'POST_DATA', 'HEADERS',
        'AUTHORIZATION', 'NUM_ENTRIES', 'GET_SUMMARIES', 'GET_FULL_HEADERS', 'REFRESH_INTERVAL',
        'ALIAS', 'SIGN_OWNER', 'SIGN_VIEWER']);
    const ContentType = util.makeEnum(['TEXT', 'DOM', 'JSON', 'FEED']);

    function parseBody(text, type, errors) {
        if (type === ContentType.JSON) {
            const value = json.parse(text);
            if (value === false && text.trim() !== 'false')
                errors.push('500 Failed to parse JSON');
            return value;
        }
        if (type === ContentType.DOM) {
            const dom = new DOMParser().parseFromString(text, 'text/xml');
            if (dom.querySelector('parsererror'))
                errors.push('500 Failed to parse XML');
            return dom;
        }
        return text;
    }

    /** As OpenSocial hands it to the gadget. */
    function responseOf(rc, text, headers, type, error) {
        const isFine = rc >= 200 && rc < 400;
        const errors = isFine ? [] : [rc + ' ' + (error || 'Error')];
        return {
            data: isFine || text !== '' ? parseBody(text, type, isFine ? errors : []) : null,
            errors: errors,
            headers: headers,
            rc: rc,
            text: text,
        };
    }

    /** Of this origin: the browser asks, the session goes with it. */
    async function requestOwn(url, method, headers, body) {
        const answer = await fetch(url, {method: method, headers: headers, body: body});
        const all = {};
        answer.headers.forEach((value, name) => { all[name] = [value]; });
        return {rc: answer.status, body: await answer.text(), headers: all};
    }

    /** Of another: this origin's server asks, as Finesse's does; no CORS is involved. */
    async function requestThroughServer(url, method, headers, body) {
        const answer = await fetch(origin + '/gadgets/makeRequest', {
            method: 'POST',
            headers: {'Content-Type': 'application/json'},
            body: JSON.stringify({url: url, method: method, headers: headers, body: body || ''}),
        });
        const got = await answer.json();
        if (got.rc === undefined)
            return {rc: answer.status, body: '', headers: {}, error: got.error};
        const all = {};
        Object.keys(got.headers).forEach((name) => { all[name] = [got.headers[name]]; });
        return {rc: got.rc, body: got.body, headers: all, error: got.error};
    }

    /** A URL of Finesse itself, also as older libraries write it, whose requests Finesse's server makes:
     *  by http, or to "localhost". Else null. */
    function ownUrl(target) {
        const isOwn = target.host === window.location.host ||
            (target.hostname === 'localhost' && target.pathname.startsWith('/finesse/'));
        return isOwn ? origin + target.pathname + target.search : null;
    }

    function makeRequest(url, callback, options) {
        const params = options || {};
        const method = params.METHOD || 'GET';
        const headers = Object.assign({}, params.HEADERS);
        const data = params.POST_DATA;
        const body = method === 'GET' || method === 'HEAD' || data === undefined ? undefined : data;
        const target = new URL(url, document.baseURI);
        if (body !== undefined && !Object.keys(headers).some((name) => /^content-type$/i.test(name)))
            headers['Content-Type'] = 'application/x-www-form-urlencoded';
        const own = ownUrl(target);
        (own ? requestOwn(own, method, headers, body)
            : requestThroughServer(target.href, method, headers, body))
            .catch((e) => ({rc: 504, body: '', headers: {}, error: e.message}))
            .then((got) => {
                if (callback)
                    call(callback, null, responseOf(got.rc, got.body, got.headers,
                        params.CONTENT_TYPE || ContentType.TEXT, got.error));
            });
    }

    const io = {
        RequestParameters: RequestParameters,
        MethodType: util.makeEnum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD']),
        ContentType: ContentType,
        AuthorizationType: util.makeEnum(['NONE', 'SIGNED', 'OAUTH']),
        ProxyUrlRequestParameters: util.makeEnum(['REFRESH_INTERVAL']),
        makeRequest: makeRequest,
        makeNonProxiedRequest: makeRequest,
        encodeValues: (values) => new URLSearchParams(values).toString(),
        getProxyUrl: (url) => new URL(url, document.baseURI).href,
        clearOAuthState: () => {},
    };

    /* ---- gadgets.Hub ---- */

    let nextSubscription = 0;
    const subscriptions = {};
    let isConnected = false;

    const hub = {
        publish: (topic, data) => {
            if (isFramed)
                tell('publish', {topic: topic, data: plain(data)});
            else
                deliverHere(topic, plain(data));
        },
        subscribe: (topic, onData, scope, onComplete, subscriberData) => {
            const id = 'sub' + nextSubscription++;
            subscriptions[id] = {
                topic: topic,
                handler: typeof onData === 'string' ? scope[onData] : onData,
                scope: scope,
                data: subscriberData,
            };
            tell('subscribe', {topic: topic, id: id});
            if (onComplete)
                window.setTimeout(() => call(onComplete, scope, id, true, null), 0);
            return id;
        },
        unsubscribe: (id, onComplete, scope) => {
            delete subscriptions[id];
            tell('unsubscribe', {id: id});
            if (onComplete)
                window.setTimeout(() => call(onComplete, scope, id, true, null), 0);
            return id;
        },
        isConnected: () => isConnected,
        connect: () => {},
        disconnect: () => {},
        getClientID: () => 'gadget-' + (config.moduleId || '0'),
        getPartnerOrigin: () => origin,
        getSubscriberData: (id) => subscriptions[id] && subscriptions[id].data,
        getSubscriberScope: (id) => subscriptions[id] && subscriptions[id].scope,
        getScope: () => window,
        bind: (onData) => onData,
    };

    function receive(id, topic, data) {
        const s = subscriptions[id];
        if (s)
            call(s.handler, s.scope || window, topic, data, s.data);
    }

    /** A gadget that is looked at by itself, in no desktop, talks to itself. */
    function deliverHere(topic, data) {
        window.setTimeout(() => Object.keys(subscriptions).forEach((id) => {
            if (subscriptions[id].topic === topic)
                receive(id, topic, data);
        }), 0);
    }

    const HubSettings = {onConnect: null, params: {}};

    /** The gadget's own scripts have all run. */
    function connect() {
        if (isConnected)
            return;
        isConnected = true;
        if (typeof HubSettings.onConnect === 'function')
            call(HubSettings.onConnect, window, hub, true, null);
    }

    const pubsub = {
        publish: (channel, message) => hub.publish('pubsub.' + channel, message),
        subscribe: (channel, handler) => {
            pubsub.unsubscribe(channel);
            channels[channel] = hub.subscribe('pubsub.' + channel,
                (topic, data) => handler(null, data));
        },
        unsubscribe: (channel) => {
            if (channels[channel])
                hub.unsubscribe(channels[channel]);
            delete channels[channel];
        },
    };
    const channels = {};

    window.addEventListener('message', (event) => {
        if (event.source !== window.parent || event.origin !== origin || !event.data)
            return;
        if (event.data.cuicsim === 'connected')
            connect();
        else if (event.data.cuicsim === 'message')
            receive(event.data.id, event.data.topic, event.data.data);
    });

    /* ---- gadgets.rpc, views and small things ---- */

    const services = {};
    const rpc = {
        register: (name, handler) => { services[name] = handler; },
        unregister: (name) => { delete services[name]; },
        registerDefault: () => {},
        setupReceiver: () => {},
        setAuthToken: () => {},
        setRelayUrl: () => {},
        getRelayUrl: () => '',
        call: (target, name, callback, ...args) => {
            if (name === 'resize_iframe')
                gadgetWindow.adjustHeight(args[0]);
            else if (name === 'set_title')
                gadgetWindow.setTitle(args[0]);
            else if (services[name])
                call(services[name], {callback: callback}, ...args);
        },
    };

    class View {
        constructor(name) {
            this.name = name;
        }

        getName() {
            return this.name;
        }

        getUrlTemplate() {
            return '';
        }

        bind() {
            return '';
        }

        isOnlyVisibleGadget() {
            return false;
        }
    }

    const currentView = new View(urlParameters.view || 'default');
    const views = {
        View: View,
        ViewType: util.makeEnum(['CANVAS', 'HOME', 'PREVIEW', 'PROFILE', 'FULL_PAGE', 'DASHBOARD', 'POPUP']),
        getCurrentView: () => currentView,
        getSupportedViews: () => ({[currentView.getName()]: currentView}),
        getParams: () => json.parse(urlParameters['view-params'] || '{}') || {},
        requestNavigateTo: () => {},
        bind: (template) => template,
    };

    class MiniMessage {
        constructor(moduleId, container) {
            this.container = container || null;
        }

        show(content, isDismissible) {
            const box = document.createElement('div');
            box.setAttribute('role', 'status');
            box.style.cssText = 'background:#fff3cd;color:#000;padding:.3em .6em;margin:.2em 0';
            if (content instanceof Node)
                box.append(content);
            else
                box.innerHTML = content;
            if (isDismissible) {
                const button = document.createElement('button');
                button.type = 'button';
                button.textContent = 'Dismiss';
                button.addEventListener('click', () => box.remove());
                box.append(' ', button);
            }
            if (this.container)
                this.container.append(box);
            else
                document.body.prepend(box);
            return box;
        }

        createDismissibleMessage(content) {
            return this.show(content, true);
        }

        createStaticMessage(content) {
            return this.show(content, false);
        }

        createTimerMessage(content, seconds) {
            const box = this.show(content, false);
            window.setTimeout(() => box.remove(), seconds * 1000);
            return box;
        }

        dismissMessage(box) {
            box.remove();
        }
    }

    const console = window.console;
    const log = (...args) => console.log(...args);

    window.gadgets = Object.assign(window.gadgets || {}, {
        Hub: hub,
        HubSettings: HubSettings,
        MiniMessage: MiniMessage,
        Prefs: Prefs,
        config: {get: (name) => (name ? config[name] : config) || {}, register: () => {}, init: () => {}},
        error: (...args) => console.error(...args),
        io: io,
        json: json,
        loadingindicator: {dismiss: () => {}},
        log: log,
        pubsub: pubsub,
        rpc: rpc,
        setLogLevel: () => {},
        skins: {init: () => {}, getProperty: () => ''},
        util: util,
        views: views,
        warn: (...args) => console.warn(...args),
        window: gadgetWindow,
    });

    const httpMethod = (method) => (request) => ({
        execute: (callback) => makeRequest(request.href, (got) => callback({
            content: got.data, headers: got.headers, status: got.rc,
        }), {METHOD: method, HEADERS: request.headers, POST_DATA: request.body,
            CONTENT_TYPE: request.format === 'json' ? ContentType.JSON : ContentType.TEXT}),
    });
    window.osapi = window.osapi || {http: {
        get: httpMethod('GET'), post: httpMethod('POST'), put: httpMethod('PUT'),
        delete: httpMethod('DELETE'), head: httpMethod('HEAD'),
    }};
    window.OpenAjax = window.OpenAjax || {hub: {
        publish: hub.publish, subscribe: hub.subscribe, unsubscribe: hub.unsubscribe,
    }};

    /* ---- beginning ---- */

    /* Gadgets that bring a library of Finesse 10 with them read the login in one of these places. It
     * is the login's name with a password that nobody looks at: no secret. */
    if (prefs.authorization) {
        window.sessionStorage.setItem('userFinesseAuth', prefs.authorization);
        document.cookie = 'finesse_authorization=' + encodeURIComponent(prefs.authorization) +
            '; path=/gadgets; secure; samesite=strict';
    }

    /* The page has a base, which the gadget's files count from: without this a link to a place in the
     * page itself would lead there. */
    document.addEventListener('click', (event) => {
        const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
        if (!link || event.defaultPrevented)
            return;
        event.preventDefault();
        const place = link.getAttribute('href').slice(1);
        const target = place && document.getElementById(decodeURIComponent(place));
        if (target)
            target.scrollIntoView();
    });

    let width = window.innerWidth;
    window.addEventListener('resize', () => {
        if (isAutomatic && window.innerWidth !== width && window.innerWidth > 0)
            tell('height', {height: contentHeight()});
        width = window.innerWidth;
    });

    tell('begin', {title: config.title || '', height: config.height || 0});
    window.addEventListener('load', () => {
        util.runOnLoadHandlers();
        tell('load', {height: contentHeight()});
        if (!isFramed)
            connect();
    });
}());
