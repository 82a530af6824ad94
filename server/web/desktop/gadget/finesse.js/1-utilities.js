/* The library that gadgets load from /desktop/assets/js/finesse.js: `finesse.*`, written from the
 * public documentation of Finesse's JavaScript library and of its REST services. What of it is
 * there, and what only answers that the simulator does not have it, stands in docs/desktop.md.
 *
 * The files of this folder are one file to gadgets, in the order of their names. What they have in
 * common is in finesse.parts until the last of them takes it away. */
(function () {
    'use strict';

    const finesse = window.finesse = window.finesse || {};
    for (const name of ['cslogger', 'clientservices', 'containerservices', 'digital', 'gadget',
        'interfaces', 'modules', 'restservices', 'utilities', 'container'])
        finesse[name] = finesse[name] || {};

    /* ---- finesse.gadget.Config: who is signed in, and where ---- */

    const prefs = new gadgets.Prefs();
    const names = ['authorization', 'country', 'language', 'locale', 'host', 'hostPort', 'extension',
        'mobileAgentMode', 'mobileAgentDialNumber', 'xmppDomain', 'pubsubDomain', 'restHost', 'scheme',
        'localhostFQDN', 'localhostPort', 'id', 'loginId', 'teamId', 'teamName', 'firstName',
        'lastName', 'compatibilityMode', 'role', 'systemAuthMode'];
    const Config = finesse.gadget.Config = finesse.gadget.Config || {};
    for (const name of names)
        if (Config[name] === undefined)
            Config[name] = prefs.getString(name);
    Config.clientDriftInMillis = Config.clientDriftInMillis || 0;

    /* ---- finesse.utilities.Utilities ---- */

    const pad = (n, width) => String(n).padStart(width || 2, '0');
    const seconds = (ms) => Math.max(0, Math.floor(ms / 1000));

    /** "11:23", with the hours in front when there are some. */
    function clock(total, needsHours) {
        const hours = Math.floor(total / 3600);
        const minutes = Math.floor(total / 60) % 60;
        if (needsHours || hours > 0)
            return pad(hours) + ':' + pad(minutes) + ':' + pad(total % 60);
        return pad(minutes) + ':' + pad(total % 60);
    }

    /** Minutes may pass 59. */
    const minutesOf = (ms) => pad(Math.floor(seconds(ms) / 60)) + ':' + pad(seconds(ms) % 60);

    const bytesOf = (text) => String.fromCharCode(...new TextEncoder().encode(text));
    const textOf = (bytes) => new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));

    /** An element's text, or an object of its children; of several of one name an array. */
    function elementToObject(element) {
        if (element.children.length === 0)
            return element.textContent;
        const object = {};
        for (const child of element.children) {
            const value = elementToObject(child);
            if (object[child.localName] === undefined)
                object[child.localName] = value;
            else if (Array.isArray(object[child.localName]))
                object[child.localName].push(value);
            else
                object[child.localName] = [object[child.localName], value];
        }
        return object;
    }

    function xmlToObject(xml) {
        const dom = new DOMParser().parseFromString(xml, 'text/xml');
        if (!dom.documentElement || dom.querySelector('parsererror'))
            return {};
        return {[dom.documentElement.localName]: elementToObject(dom.documentElement)};
    }

    const escapeXml = (text) => String(text).replace(/[&<>"']/g, (c) => '&#' + c.charCodeAt(0) + ';');

    function objectToXml(object) {
        return Object.keys(object).map((name) => {
            const values = Array.isArray(object[name]) ? object[name] : [object[name]];
            return values.map((value) => '<' + name + '>' + (value !== null && typeof value === 'object'
                ? objectToXml(value) : escapeXml(value === null || value === undefined ? '' : value)) +
                '</' + name + '>').join('');
        }).join('');
    }

    const Utilities = finesse.utilities.Utilities = {
        ampRegEx: /&/g,
        ltRegEx: /</g,
        gtRegEx: />/g,
        quotRegEx: /"/g,
        aposRegEx: /'/g,
        padWithWidth: (n, width) => pad(n, width),
        trim: (text) => String(text).trim(),
        removeSpaces: (text) => text ? String(text).replace(/\s/g, '') : null,
        escapeSpaces: (text) => String(text).replace(/\s/g, '\u00a0'),
        isArray: (value) => Array.isArray(value),
        validateHandler: (handler) => {
            if (handler !== undefined && typeof handler !== 'function')
                throw new Error('handler must be a function');
            return handler;
        },
        getEquals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
        convertNullToEmptyString: (text) => text ? text : '',
        currentTimeMillis: () => Date.now(),
        getCurrentDrift: () => Number(Config.clientDriftInMillis) || 0,
        setCurrentDrift: (drift) => { Config.clientDriftInMillis = drift; },
        currentServerTimeMillis: () => Date.now() - Utilities.getCurrentDrift(),
        convertToServerTimeMillis: (time) => time - Utilities.getCurrentDrift(),
        dateToISOString: (date) => date.toISOString(),
        convertDateToISODateString: (date) => date.toISOString(),
        parseDateStringISO8601: (text) => new Date(text),
        extractTime: (text) => {
            const time = Date.parse(text);
            return Number.isNaN(time) ? 0 : time;
        },
        getDisplayTime: (total) => clock(Math.max(0, Number(total) || 0), true),
        buildTimeString: minutesOf,
        buildTimeStringWithOptionalHours: (ms) => clock(seconds(ms), false),
        buildElapsedTimeString: (now, since) => minutesOf(now - since),
        buildElapsedTimeStringWithOptionalHours: (now, since) => clock(seconds(now - since), false),
        buildHoldTimeString: (now, since) => minutesOf(now - since),
        buildTotalTimeString: (now, since) => minutesOf(now - since),
        buildWrapupTimeString: (now, since) => minutesOf(now - since),
        convertTsToDuration: (timestamp, now) =>
            Utilities.convertTsToDurationWithFormat(timestamp, false, now),
        convertTsToDurationWithFormat: (timestamp, forFormat, now) => {
            const from = Date.parse(timestamp);
            const ms = (now === undefined ? Utilities.currentServerTimeMillis() : Number(now)) - from;
            if (Number.isNaN(ms) || ms < 0)
                return forFormat ? '-1' : '00:00:00';
            return clock(seconds(ms), true);
        },
        getParameterByName: (text, name) => {
            const found = new RegExp('[?&]' + name.replace(/[[\]]/g, '\\$&') + '=([^&#]*)').exec(text);
            return found ? decodeURIComponent(found[1].replace(/\+/g, ' ')) : '';
        },
        generateUUID: () => crypto.randomUUID(),
        getJSONParser: () => ({parse: JSON.parse, stringify: JSON.stringify}),
        xml2JsObj: xmlToObject,
        xml2js: xmlToObject,
        js2xml: objectToXml,
        json2xml: objectToXml,
        /** Of a document, as text. */
        xml2json: (dom) => JSON.stringify(
            xmlToObject(typeof dom === 'string' ? dom : new XMLSerializer().serializeToString(dom))),
        translateHTMLEntities: (text, makeEntityToChar) => makeEntityToChar
            ? new DOMParser().parseFromString(text, 'text/html').documentElement.textContent
            : escapeXml(text),
        b64Encode: (text) => btoa(bytesOf(text)),
        b64Decode: (text) => textOf(atob(text)),
        encodeNodeName: (text) => encodeURIComponent(text),
        /** Of what is sent as Basic. */
        getCredentials: (coded) => {
            const text = Utilities.b64Decode(coded);
            const colon = text.indexOf(':');
            if (colon < 0)
                throw new Error('String is not colon delimited.');
            return {id: text.slice(0, colon), password: text.slice(colon + 1)};
        },
        getArray: (value) => Array.isArray(value) ? value : [value],
        caseInsensitiveSort: (a, b) => {
            const [one, other] = [String(a).toLowerCase(), String(b).toLowerCase()];
            return one < other ? -1 : one > other ? 1 : 0;
        },
        bitMask: {
            isSet: (mask, bit) => (mask & bit) === bit,
            any: (mask, bits) => Utilities.getArray(bits).some((bit) => (mask & bit) === bit),
            all: (mask, bits) => Utilities.getArray(bits).every((bit) => (mask & bit) === bit),
        },
        getCookie: (name) => {
            const found = document.cookie.split(';').map((one) => one.trim())
                .find((one) => one.startsWith(name + '='));
            return found ? unescape(found.slice(name.length + 1)) : null;
        },
        addCookie: (name, value, days) => {
            document.cookie = name + '=' + escape(value) + '; path=/' +
                (days ? '; max-age=' + days * 86400 : '');
        },
        deleteCookie: (name) => Utilities.addCookie(name, '', -1),
        getDOMStoreItem: (name) => window.sessionStorage.getItem(name),
        setDOMStoreItem: (name, value) => window.sessionStorage.setItem(name, value),
        removeDOMStoreItem: (name) => window.sessionStorage.removeItem(name),
        getUserAuthString: () => Config.authorization,
        getAuthHeaderString: (config) => 'Basic ' + config.authorization,
        isSystemAuthModeSSO: () => false,
        detectIEBrowserVersion: () => ({isIE: false}),
        adjustGadgetHeight: () => gadgets.window.adjustHeight(),
        whenAllDone: (deferreds) => window.jQuery
            ? window.jQuery.when(...deferreds) : Promise.all(deferreds),
    };

    finesse.utilities.Logger = {
        log: (message) => console.log(message),
        info: (message) => console.info(message),
        warn: (message) => console.warn(message),
        error: (message) => console.error(message),
        setDebug: () => {},
    };

    /** Texts of the gadget's message bundle; "{0}" and on stand for the parameters. */
    finesse.utilities.I18n = {
        getString: (key, ...values) => values.reduce(
            (text, value, i) => text.split('{' + i + '}').join(value), prefs.getMsg(key) || key),
    };

    /* ---- finesse.cslogger ---- */

    let loggerHub = null;
    let loggerName = '';

    finesse.cslogger.ClientLogger = {
        init: (hub, gadgetId) => {
            loggerHub = hub;
            loggerName = gadgetId;
        },
        log: (message) => {
            if (loggerHub)
                loggerHub.publish('finesse.clientLogging.' + loggerName, loggerName + ' : ' + message);
        },
    };

    finesse.cslogger.FinesseLogger = {
        log: (message) => console.log(message),
        warn: (message) => console.warn(message),
        error: (message) => console.error(message),
        setLogTopic: () => {},
    };

    finesse.parts = {Config: Config, Utilities: Utilities, objectToXml: objectToXml,
        xmlToObject: xmlToObject};
}());
