/* The library that gadgets load from /desktop/assets/js/finesse.js: `finesse.*`, written from the
 * public documentation of Finesse's JavaScript library and of its REST services. What of it is
 * there, and what only answers that the simulator does not have it, stands in docs/desktop.md. */
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
        translateHTMLEntities: (text, makeEntityToChar) => makeEntityToChar
            ? new DOMParser().parseFromString(text, 'text/html').documentElement.textContent
            : escapeXml(text),
        b64Encode: (text) => btoa(bytesOf(text)),
        b64Decode: (text) => textOf(atob(text)),
        encodeNodeName: (text) => encodeURIComponent(text),
        getUserAuthString: () => Config.authorization,
        getAuthHeaderString: (config) => 'Basic ' + config.authorization,
        isSystemAuthModeSSO: () => false,
        detectIEBrowserVersion: () => ({isIE: false}),
        adjustGadgetHeight: () => gadgets.window.adjustHeight(),
        whenAllDone: (deferreds) => window.jQuery
            ? window.jQuery.when(...deferreds) : Promise.all(deferreds),
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

    /* ---- finesse.clientservices ---- */

    const topicOf = (uri) => uri.replace(/^\//, '').replace(/\/$/, '').replace(/\//g, '.');

    finesse.clientservices.Topics = {
        REQUESTS: 'finesse.info.requests',
        RESPONSES: 'finesse.info.responses',
        EVENTS_CONNECTION_INFO: 'finesse.info.connection',
        PRESENCE: 'finesse.info.presence',
        getTopic: topicOf,
    };

    const notifiers = {};
    const topics = {};
    let connection = null;
    let isInitialised = false;

    function notify(name, ...args) {
        (notifiers[name] || []).slice().forEach((handler) => handler(...args));
    }

    /** Handlers that are added when it is so already are called at once. */
    const register = (name, status) => (handler) => {
        Utilities.validateHandler(handler);
        (notifiers[name] = notifiers[name] || []).push(handler);
        if (status && connection && connection.status === status)
            handler(connection);
    };

    function onConnection(topic, info) {
        const before = connection && connection.status;
        connection = info;
        if (before !== info.status)
            notify(info.status, info);
    }

    const base = () => Config.scheme && Config.host
        ? Config.scheme + '://' + Config.host + (Config.hostPort === '443' ? '' : ':' + Config.hostPort)
        : window.location.origin;

    const ClientServices = finesse.clientservices.ClientServices = {
        init: (config) => {
            if (!config || typeof config !== 'object')
                throw new Error('ClientServices needs the configuration of the gadget.');
            if (isInitialised)
                return ClientServices;
            isInitialised = true;
            gadgets.Hub.subscribe('finesse.info.connection', onConnection);
            gadgets.Hub.publish('finesse.info.requests',
                {type: 'ConnectionInfoReq', data: {}, invokeID: Utilities.generateUUID()});
            return ClientServices;
        },
        registerOnConnectHandler: register('connected', 'connected'),
        registerOnConnectingHandler: register('connecting', 'connecting'),
        registerOnReconnectingHandler: register('reconnecting', 'reconnecting'),
        registerOnDisconnectHandler: register('disconnected', 'disconnected'),
        registerOnDisconnectingHandler: register('disconnecting', 'disconnecting'),
        registerOnUnloadingHandler: register('unloading', 'unloading'),
        registerOnFailoverHandler: register('failing', 'failing'),
        unregisterOnConnectHandler: (handler) => {
            notifiers.connected = (notifiers.connected || []).filter((one) => one !== handler);
        },
        subscribe: (topic, handler, isDisconnectedToo) => {
            void isDisconnectedToo;
            if (topics[topic])
                gadgets.Hub.unsubscribe(topics[topic]);
            topics[topic] = gadgets.Hub.subscribe(topic, (name, data) => handler(data));
            return true;
        },
        unsubscribe: (topic) => {
            if (topics[topic])
                gadgets.Hub.unsubscribe(topics[topic]);
            delete topics[topic];
        },
        subscribeNode: (node, handler) => {
            ClientServices.subscribe(topicOf(node), handler || (() => {}));
            if (handler)
                handler(Utilities.generateUUID(), undefined);
        },
        unsubscribeNode: (node, handler) => {
            ClientServices.unsubscribe(topicOf(node));
            if (handler)
                handler(Utilities.generateUUID(), undefined);
        },
        makeRequest: (url, handler, params) => {
            const all = Object.assign({}, params);
            all.HEADERS = Object.assign({
                Authorization: Utilities.getAuthHeaderString(Config), locale: Config.locale,
            }, all.HEADERS);
            gadgets.io.makeRequest(base() + url, handler, all);
        },
        getRestHost: () => Config.restHost,
        getUserId: () => Config.id,
        isMaster: () => false,
        setLogger: (logger) => { void logger; },
        addToRefreshList: () => {},
        removeFromRefreshList: () => {},
        getNotifierReference: (name) => notifiers[name],
    };

    /* ---- finesse.restservices ---- */

    /** "data" of a notification has names that begin small; the objects' begin large. */
    function partOf(data, type) {
        if (!data)
            return undefined;
        return data[type] || data[type.charAt(0).toLowerCase() + type.slice(1)];
    }

    const listOf = (value) => value === undefined || value === null || value === ''
        ? [] : Array.isArray(value) ? value : [value];
    const lastPart = (uri) => String(uri || '').replace(/\/$/, '').split('/').pop();

    function errorOf(object) {
        const error = object && object.ApiErrors && object.ApiErrors.ApiError;
        return listOf(error)[0];
    }

    /** One request; handlers as finesse.interfaces.RequestHandlers. */
    function restRequest(uri, options) {
        const params = {METHOD: options.method || 'GET', HEADERS: {}};
        if (options.content !== undefined) {
            params.HEADERS['Content-Type'] = 'application/xml';
            params.POST_DATA = objectToXml(options.content);
        }
        ClientServices.makeRequest(uri, (got) => {
            const isFine = got.rc >= 200 && got.rc < 400;
            const response = {
                status: got.rc,
                content: got.text,
                object: got.text ? xmlToObject(got.text) : {},
                isUnsent: false,
            };
            if (isFine) {
                if (options.success)
                    options.success(response);
                return;
            }
            const error = errorOf(response.object) || {};
            response.error = {
                errorType: error.ErrorType || 'Error',
                errorMessage: error.ErrorMessage || got.errors.join(', '),
            };
            if (options.error)
                options.error(response);
        }, params);
    }

    const handlersOf = (handlers) => ({
        success: handlers && handlers.success,
        error: handlers && handlers.error,
    });

    /** One object of the REST services, that changes when its notification comes. */
    class RestBase {
        constructor(options, restObj) {
            const all = typeof options === 'object' ? options || {} : {id: options};
            this._id = all.id === undefined ? undefined : String(all.id);
            this.restObj = all.parentObj || restObj;
            this._data = {};
            this._loaded = false;
            this._handlers = {load: [], change: [], add: [], delete: [], error: []};
            for (const name of Object.keys(this._handlers)) {
                const handler = all['on' + name.charAt(0).toUpperCase() + name.slice(1)];
                if (handler)
                    this._handlers[name].push(handler);
            }
            this._begin(all);
        }

        /** With data that came with its collection; else it is fetched. */
        _begin(options) {
            if (options.data) {
                this._data = options.data;
                this._loaded = true;
                window.setTimeout(() => this._notify('load', this), 0);
            } else if (this.getRestUrl()) {
                this.refresh();
            }
            this.subscribe();
        }

        getRestClass() {
            return this.constructor;
        }

        getRestType() {
            return 'RestBase';
        }

        getXMLNamespace() {
            return '';
        }

        getRestUrl() {
            const own = '/' + this.getRestType() + (this._id === undefined ? '' : '/' + this._id);
            return this.restObj ? this.restObj.getRestUrl() + own : '/finesse/api' + own;
        }

        getTopic() {
            return topicOf(this.getRestUrl());
        }

        getId() {
            return this._id;
        }

        getData() {
            return this._data;
        }

        getBaseRestUrl() {
            return '/finesse/api';
        }

        isLoaded() {
            if (!this._loaded)
                throw new Error('Cannot operate on object that is not fully loaded.');
            return true;
        }

        hasProperty(object, name) {
            return Boolean(object) && Object.prototype.hasOwnProperty.call(object, name);
        }

        getProperty(object, name) {
            const value = object ? object[name] : undefined;
            return value === undefined || value === '' ? null : value;
        }

        addHandler(name, handler, scope) {
            if (!this._handlers[name])
                throw new Error('There is no such event: ' + name);
            const bound = scope ? handler.bind(scope) : handler;
            bound.original = handler;
            this._handlers[name].push(bound);
            if (name === 'load' && this._loaded)
                bound(this);
        }

        removeHandler(name, handler) {
            this._handlers[name] = this._handlers[name].filter((one) => one !== handler &&
                one.original !== handler);
        }

        _notify(name, ...args) {
            this._handlers[name].slice().forEach((handler) => handler(...args));
        }

        restRequest(uri, options) {
            restRequest(uri, options);
        }

        refresh() {
            restRequest(this.getRestUrl(), {
                success: (response) => this._take(response.object),
                error: (response) => this._notify('error', response),
            });
            return {abort: () => {}};
        }

        /** What was fetched. */
        _take(object) {
            const data = partOf(object, this.getRestType());
            if (data === undefined)
                return;
            this._data = data === '' ? {} : data;
            const isFirst = !this._loaded;
            this._loaded = true;
            this._notify(isFirst ? 'load' : 'change', this);
        }

        subscribe() {
            this._subscription = gadgets.Hub.subscribe(this.getTopic(), (topic, update) => {
                if (update && update.object && update.object.Update)
                    this._update(update.object.Update);
            });
        }

        unsubscribe() {
            gadgets.Hub.unsubscribe(this._subscription);
        }

        /** A notification. */
        _update(update) {
            const event = String(update.event).toUpperCase();
            const data = partOf(update.data, this.getRestType());
            if (data)
                this._data = data;
            const isFirst = !this._loaded;
            this._loaded = true;
            if (isFirst)
                this._notify('load', this);
            if (event === 'PUT' && !isFirst)
                this._notify('change', this);
            else if (event === 'POST')
                this._notify('add', this);
            else if (event === 'DELETE')
                this._notify('delete', this);
        }

        /** Ask for something of this object, with documents as the guide prints them. */
        _send(method, uri, content, handlers) {
            restRequest(uri, Object.assign({method: method, content: content}, handlersOf(handlers)));
            return this;
        }
    }

    /** Several objects of one kind. */
    class RestCollectionBase extends RestBase {
        constructor(options, restObj) {
            super(options, restObj);
            const all = options || {};
            this._collectionHandlers.add.push(...listOf(all.onCollectionAdd));
            this._collectionHandlers.delete.push(...listOf(all.onCollectionDelete));
        }

        _begin(options) {
            this._collection = {};
            this._collectionHandlers = {add: [], delete: []};
            super._begin(options);
        }

        getRestItemClass() {
            return RestBase;
        }

        getRestItemType() {
            return this.getRestType().replace(/s$/, '');
        }

        getCollection() {
            return this._collection;
        }

        addHandler(name, handler, scope) {
            const which = {collectionAdd: 'add', collectionDelete: 'delete'}[name];
            if (which)
                this._collectionHandlers[which].push(scope ? handler.bind(scope) : handler);
            else
                super.addHandler(name, handler, scope);
        }

        _idOf(data) {
            return lastPart(data.uri) || data.id;
        }

        _addItem(data) {
            const id = this._idOf(data);
            if (this._collection[id])
                return;
            const ItemClass = this.getRestItemClass();
            const item = new ItemClass({id: id, data: data, parentObj: this._itemParent()});
            this._collection[id] = item;
            this._collectionHandlers.add.slice().forEach((handler) => handler(item));
        }

        _itemParent() {
            return undefined;
        }

        _deleteItem(data) {
            const id = this._idOf(data);
            const item = this._collection[id];
            if (!item)
                return;
            delete this._collection[id];
            item._data = data;
            item.unsubscribe();
            this._collectionHandlers.delete.slice().forEach((handler) => handler(item));
        }

        _itemsOf(data) {
            return listOf(data && data[this.getRestItemType()]);
        }

        _take(object) {
            const data = partOf(object, this.getRestType());
            const items = this._itemsOf(data);
            this._data = data || {};
            items.forEach((one) => this._addItem(one));
            const ids = items.map((one) => String(this._idOf(one)));
            Object.keys(this._collection).filter((id) => !ids.includes(id))
                .forEach((id) => this._deleteItem(this._collection[id].getData()));
            const isFirst = !this._loaded;
            this._loaded = true;
            this._notify(isFirst ? 'load' : 'change', this);
        }

        _update(update) {
            const event = String(update.event).toUpperCase();
            const items = this._itemsOf(partOf(update.data, this.getRestType()));
            if (event === 'POST')
                items.forEach((one) => this._addItem(one));
            else if (event === 'DELETE')
                items.forEach((one) => this._deleteItem(one));
            this._notify('change', this);
        }
    }

    const textProperty = (name) => function () {
        this.isLoaded();
        return Utilities.convertNullToEmptyString(this._data[name]);
    };

    const reasonOf = (one) => ({
        uri: one.uri,
        category: one.category,
        code: one.code,
        label: one.label,
        forAll: one.forAll === 'true',
        systemCode: one.systemCode === 'true',
        id: lastPart(one.uri),
    });

    class User extends RestBase {
        getRestType() {
            return 'User';
        }

        subscribe() {
            if (!this.restObj)
                super.subscribe();
        }

        unsubscribe() {
            if (this._subscription)
                super.unsubscribe();
        }

        hasRole(role) {
            this.isLoaded();
            return listOf(this._data.roles && this._data.roles.role).includes(role);
        }

        hasAgentRole() {
            return this.hasRole('Agent');
        }

        hasSupervisorRole() {
            return this.hasRole('Supervisor');
        }

        getFullName() {
            return this.getFirstName() + ' ' + this.getLastName();
        }

        getPendingState() {
            this.isLoaded();
            return Utilities.convertNullToEmptyString(this._data.pendingState);
        }

        isPendingStateChange() {
            return [States.TALKING, States.HOLD, States.RESERVED_OUTBOUND_PREVIEW]
                .includes(this.getState());
        }

        isWrapUp() {
            return [States.WORK, States.WORK_READY].includes(this.getState());
        }

        isReasonCodeReserved() {
            const reason = this._data.ReasonCode;
            return Boolean(reason) && reason.systemCode === 'true';
        }

        isMobileAgent() {
            this.isLoaded();
            return Boolean(this._data.mobileAgent);
        }

        getMobileAgentMode() {
            return this.isMobileAgent() ? this._data.mobileAgent.mode : null;
        }

        getMobileAgentDialNumber() {
            return this.isMobileAgent() ? this._data.mobileAgent.dialNumber : null;
        }

        getWrapUpOnIncoming() {
            this.isLoaded();
            return this._data.settings ? this._data.settings.wrapUpOnIncoming : '';
        }

        isWrapUpRequired() {
            return /^REQUIRED/.test(this.getWrapUpOnIncoming());
        }

        getNotReadyReasonCodeId() {
            const id = this._data.reasonCodeId;
            return id === undefined || id === '-1' ? undefined : id;
        }

        getReasonCode() {
            return this._data.ReasonCode;
        }

        getReasonCodeLabel() {
            return this._data.ReasonCode ? this._data.ReasonCode.label : '';
        }

        getReasonCodeUri() {
            return this._data.ReasonCode ? this._data.ReasonCode.uri : '';
        }

        getDialogs(handlers) {
            this._dialogs = this._dialogs || new Dialogs(Object.assign({parentObj: this}, handlers));
            return this._dialogs;
        }

        getDialogsNoCache(handlers) {
            return new Dialogs(Object.assign({parentObj: this}, handlers));
        }

        getQueues(handlers) {
            this._queues = this._queues || new Queues(Object.assign({parentObj: this}, handlers));
            return this._queues;
        }

        getPhoneBooks(handlers) {
            return new PhoneBooks(Object.assign({parentObj: this}, handlers));
        }

        getWrapUpReasons(handlers) {
            return new WrapUpReasons(Object.assign({parentObj: this}, handlers));
        }

        getWorkflows(handlers) {
            return new Workflows(Object.assign({parentObj: this}, handlers));
        }

        getMediaList(handlers) {
            return new MediaList(Object.assign({parentObj: this}, handlers));
        }

        getMediaPropertiesLayout(handlers) {
            return new MediaPropertiesLayouts(Object.assign({parentObj: this}, handlers));
        }

        getMediaPropertiesLayouts(handlers) {
            return this.getMediaPropertiesLayout(handlers);
        }

        getSupervisedTeams() {
            this.isLoaded();
            const teams = this._data.teams && this._data.teams.Team;
            return listOf(teams).map((one) => new Team({id: one.id || lastPart(one.uri), data: one}));
        }

        _getReasonCodes(category, handlers) {
            restRequest(this.getRestUrl() + '/ReasonCodes?category=' + category, {
                success: (response) => {
                    const list = response.object.ReasonCodes;
                    if (handlers && handlers.success)
                        handlers.success(listOf(list && list.ReasonCode).map(reasonOf));
                },
                error: handlers && handlers.error,
            });
        }

        getNotReadyReasonCodes(handlers) {
            this._getReasonCodes('NOT_READY', handlers);
        }

        getSignoutReasonCodes(handlers) {
            this._getReasonCodes('LOGOUT', handlers);
        }

        getReasonCodeById(handlers, id) {
            restRequest(this.getRestUrl() + '/ReasonCode/' + id, {
                success: (response) => {
                    if (handlers && handlers.success)
                        handlers.success(reasonOf(response.object.ReasonCode));
                },
                error: handlers && handlers.error,
            });
        }

        setState(state, reason, handlers) {
            const user = {state: state};
            const id = reason && typeof reason === 'object' ? reason.id : reason;
            if (id !== undefined && id !== null)
                user.reasonCodeId = id;
            return this._send('PUT', this.getRestUrl(), {User: user}, handlers);
        }

        login(extension, handlers) {
            return this._send('PUT', this.getRestUrl(),
                {User: {state: States.LOGIN, extension: extension}}, handlers);
        }

        loginMobileAgent(extension, mode, dialNumber, handlers) {
            return this._send('PUT', this.getRestUrl(), {User: {state: States.LOGIN,
                extension: extension, mobileAgent: {mode: mode, dialNumber: dialNumber}}}, handlers);
        }

        logout(reason, handlers) {
            return this.setState(States.LOGOUT, reason, handlers);
        }

        _makeCall(action, number, handlers) {
            return this._send('POST', this.getRestUrl() + '/Dialogs', {Dialog: {
                requestedAction: action, fromAddress: this.getExtension(), toAddress: number,
            }}, handlers);
        }

        makeCall(number, handlers) {
            return this._makeCall('MAKE_CALL', number, handlers);
        }

        makeSMCall(number, handlers) {
            return this._makeCall('SILENT_MONITOR', number, handlers);
        }

        makeBargeCall(number, dialogUri, handlers) {
            void dialogUri;
            return this._makeCall('BARGE_CALL', number, handlers);
        }
    }

    Object.assign(User.prototype, {
        getExtension: textProperty('extension'),
        getFirstName: textProperty('firstName'),
        getLastName: textProperty('lastName'),
        getLoginName: textProperty('loginName'),
        getLoginId: textProperty('loginId'),
        getState: textProperty('state'),
        getStateChangeTime: textProperty('stateChangeTime'),
        getTeamId: textProperty('teamId'),
        getTeamName: textProperty('teamName'),
        getMediaState: textProperty('mediaState'),
    });

    const enumeration = (...values) => Object.fromEntries(values.map((value) => [value, value]));

    const States = User.States = enumeration('LOGIN', 'LOGOUT', 'NOT_READY', 'READY', 'RESERVED',
        'RESERVED_OUTBOUND', 'RESERVED_OUTBOUND_PREVIEW', 'TALKING', 'HOLD', 'WORK', 'WORK_READY');
    User.MediaState = enumeration('IDLE', 'BUSY');
    User.WorkMode = enumeration('CALL_BY_CALL', 'NAILED_CONNECTION');
    User.WrapUpMode = enumeration('REQUIRED', 'OPTIONAL', 'NOT_ALLOWED', 'REQUIRED_WITH_WRAP_UP_DATA');

    class Users extends RestCollectionBase {
        getRestType() {
            return 'Users';
        }

        getRestItemClass() {
            return User;
        }

        getRestItemType() {
            return 'User';
        }

        /** They are a part of their team. */
        refresh() {
            if (!this.restObj)
                return {abort: () => {}};
            restRequest(this.restObj.getRestUrl(), {
                success: (response) => this._take({Users: response.object.Team.users}),
                error: (response) => this._notify('error', response),
            });
            return {abort: () => {}};
        }

        /** A notification is about one of them. */
        _update(update) {
            const data = update.data && (update.data.user || update.data.User);
            const item = data && this._collection[lastPart(data.uri)];
            if (item)
                item._update(update);
        }
    }

    class Team extends RestBase {
        getRestType() {
            return 'Team';
        }

        getName() {
            return this._data.name;
        }

        getUsers(handlers) {
            return new Users(Object.assign({parentObj: this}, handlers));
        }

        getTeamNotReadyReasonCodes(handlers) {
            if (handlers && handlers.success)
                handlers.success([]);
        }
    }

    class Dialog extends RestBase {
        getRestType() {
            return 'Dialog';
        }

        getMediaProperties() {
            this.isLoaded();
            const all = Object.assign({}, this._data.mediaProperties);
            for (const one of listOf(all.callvariables && all.callvariables.CallVariable))
                all[one.name] = one.value;
            delete all.callvariables;
            return all;
        }

        getDNIS() {
            return this.getMediaProperties().DNIS;
        }

        getCallType() {
            return this.getMediaProperties().callType;
        }

        getParticipants() {
            this.isLoaded();
            return listOf(this._data.participants && this._data.participants.Participant);
        }

        _participant(extension) {
            return this.getParticipants().find((one) => one.mediaAddress === extension);
        }

        getParticipantTimerCounters(extension) {
            const one = this._participant(extension) || {};
            return {startTime: one.startTime, stateChangeTime: one.stateChangeTime, state: one.state};
        }

        isParticipantDroppable(extension) {
            const one = this._participant(extension);
            return Boolean(one) && listOf(one.actions && one.actions.action).includes('PARTICIPANT_DROP');
        }

        getDroppableParticipants(except) {
            return this.getParticipants().filter((one) => one.mediaAddress !== except &&
                this.isParticipantDroppable(one.mediaAddress));
        }

        getCallbackInfo() {
            return this._data.scheduledCallbackInfo;
        }

        _act(dialog, handlers) {
            return this._send('PUT', this.getRestUrl(), {Dialog: dialog}, handlers);
        }

        requestAction(mediaAddress, action, handlers) {
            return this._act({targetMediaAddress: mediaAddress, requestedAction: action}, handlers);
        }

        makeConsultCall(mediaAddress, toAddress, handlers) {
            return this._act({targetMediaAddress: mediaAddress, toAddress: toAddress,
                requestedAction: 'CONSULT_CALL'}, handlers);
        }

        initiateDirectTransfer(mediaAddress, toAddress, handlers) {
            return this._act({targetMediaAddress: mediaAddress, toAddress: toAddress,
                requestedAction: 'TRANSFER_SST'}, handlers);
        }

        dropParticipant(mediaAddress, handlers) {
            return this.requestAction(mediaAddress, 'PARTICIPANT_DROP', handlers);
        }

        sendDTMFRequest(mediaAddress, handlers, digits) {
            return this._act({targetMediaAddress: mediaAddress, requestedAction: 'SEND_DTMF',
                actionParams: {ActionParam: {name: 'dtmfString', value: digits}}}, handlers);
        }

        updateWrapUpReason(reason, options) {
            return this._act({mediaProperties: {wrapUpReason: reason},
                requestedAction: 'UPDATE_CALL_DATA'}, options);
        }

        updateCallVariables(variables, handlers) {
            return this._act({mediaProperties: {callvariables: {CallVariable:
                Object.keys(variables).map((name) => ({name: name, value: variables[name]}))}},
            requestedAction: 'UPDATE_CALL_DATA'}, handlers);
        }
    }

    Object.assign(Dialog.prototype, {
        getState: textProperty('state'),
        getFromAddress: textProperty('fromAddress'),
        getToAddress: textProperty('toAddress'),
        getMediaType: textProperty('mediaType'),
        getMediaId: textProperty('mediaId'),
        getSecondaryId: textProperty('secondaryId'),
        getAssociatedDialogUri: textProperty('associatedDialogUri'),
    });
    for (const name of ['cancelCallback', 'reclassifyCall', 'updateCallbackNumber', 'updateCallbackTime',
        'setTaskState', 'transfer', 'closeAllTasks'])
        Dialog.prototype[name] = function (...args) {
            return this.requestAction('', name, args[args.length - 1]);
        };
    Dialog.Actions = enumeration('ACCEPT', 'ANSWER', 'BARGE_CALL', 'CANCEL_SCHEDULED_CALLBACK', 'CLOSE',
        'CONFERENCE', 'CONSULT_CALL', 'DROP', 'DTMF', 'HOLD', 'MAKE_CALL', 'PARTICIPANT_DROP',
        'RECLASSIFY', 'REJECT', 'RETRIEVE', 'START_RECORDING', 'TRANSFER', 'TRANSFER_SST',
        'UPDATE_CALL_DATA', 'UPDATE_SCHEDULED_CALLBACK');
    Dialog.States = enumeration('ACCEPTED', 'ACTIVE', 'ALERTING', 'DROPPED', 'FAILED', 'INITIATED',
        'INITIATING', 'OFFERED', 'PAUSED', 'WRAPPING_UP', 'INTERRUPTED', 'CLOSED');
    Dialog.ParticipantStates = enumeration('ACCEPTED', 'ACTIVE', 'ALERTING', 'DROPPED', 'FAILED',
        'HELD', 'INITIATED', 'INITIATING', 'WRAP_UP');
    Dialog.ReasonStates = enumeration('BUSY', 'BAD_DESTINATION', 'DEVICE_RESOURCE_NOT_AVAILABLE', 'OTHER');
    Dialog.TaskActions = enumeration('ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE');

    class Dialogs extends RestCollectionBase {
        getRestType() {
            return 'Dialogs';
        }

        getRestItemClass() {
            return Dialog;
        }
    }

    class Queue extends RestBase {
        getRestType() {
            return 'Queue';
        }

        getName() {
            return this._data.name;
        }

        getStatistics() {
            return this._data.statistics;
        }
    }

    class Queues extends RestCollectionBase {
        getRestType() {
            return 'Queues';
        }

        getRestItemClass() {
            return Queue;
        }
    }

    /** Collections of which the simulation has nothing; their items have what comes. */
    const collection = (type) => class extends RestCollectionBase {
        getRestType() {
            return type;
        }

        get() {
            return this.getCollection();
        }
    };
    const PhoneBooks = collection('PhoneBooks');
    const WrapUpReasons = collection('WrapUpReasons');
    const Workflows = collection('Workflows');
    const MediaPropertiesLayouts = collection('MediaPropertiesLayouts');

    class MediaList extends collection('Media') {
        getMedia(handlers) {
            if (handlers && handlers.onError)
                window.setTimeout(() => handlers.onError({status: 404, content: '', object: {}, error: {
                    errorType: 'Not Found',
                    errorMessage: 'The simulator has no media but voice.',
                }}), 0);
        }
    }

    class Media extends RestBase {
        getRestType() {
            return 'Media';
        }
    }
    Media.States = enumeration('LOGIN', 'LOGOUT', 'NOT_READY', 'READY', 'RESERVED', 'ACTIVE', 'PAUSED',
        'WORK', 'WORK_READY', 'INTERRUPTED');
    const actions = (...values) => Object.assign(enumeration(...values),
        {isValidAction: (action) => values.includes(action)});

    class SystemInfo extends RestBase {
        getRestType() {
            return 'SystemInfo';
        }

        isSingleNode() {
            return !this._data.secondaryNode;
        }

        _hosts() {
            this.isLoaded();
            return [this._data.primaryNode, this._data.secondaryNode].filter(Boolean)
                .map((node) => node.host);
        }

        getThisHost(...hosts) {
            return this._hosts().find((host) => hosts.includes(host));
        }

        getAlternateHost(...hosts) {
            const mine = this.getThisHost(...hosts);
            return mine === undefined ? undefined : this._hosts().find((host) => host !== mine);
        }
    }

    Object.assign(SystemInfo.prototype, {
        getCurrentTimestamp: textProperty('currentTimestamp'),
        getDeploymentType: textProperty('deploymentType'),
        getStatus: textProperty('status'),
        getStatusReason: textProperty('statusReason'),
        getXmppDomain: textProperty('xmppDomain'),
        getXmppPubSubDomain: textProperty('xmppPubSubDomain'),
        getPeripheralId: textProperty('peripheralId'),
        getlicense: textProperty('license'),
        getSystemAuthMode: textProperty('systemAuthMode'),
        getTimezoneOffset: textProperty('timezoneOffset'),
    });
    SystemInfo.Statuses = enumeration('IN_SERVICE', 'OUT_OF_SERVICE');

    Object.assign(finesse.restservices, {
        RestBase: RestBase, RestCollectionBase: RestCollectionBase,
        User: User, Users: Users, Team: Team, Dialog: Dialog, Dialogs: Dialogs,
        Queue: Queue, Queues: Queues, PhoneBooks: PhoneBooks, WrapUpReasons: WrapUpReasons,
        Workflows: Workflows, MediaPropertiesLayouts: MediaPropertiesLayouts,
        MediaPropertiesLayout: MediaPropertiesLayouts, MediaList: MediaList, Media: Media,
        SystemInfo: SystemInfo,
        InterruptActions: actions('ACCEPT', 'IGNORE'),
        DialogLogoutActions: actions('CLOSE', 'TRANSFER'),
        DialogLogoutAction: actions('CLOSE', 'TRANSFER'),
    });

    /* ---- finesse.containerservices ---- */

    const Topics = {
        ACTIVE_TAB: 'finesse.containerservices.activeTab',
        WORKFLOW_ACTION_EVENT: 'finesse.containerservices.workflowActionEvent',
        TIMER_TICK_EVENT: 'finesse.containerservices.timerTickEvent',
        RELOAD_GADGET_EVENT: 'finesse.containerservices.reloadGadget',
        GADGET_VIEW_CHANGED_EVENT: 'finesse.containerservices.gadgetViewChangedEvent',
        MAX_AVAILABLE_HEIGHT_CHANGED_EVENT: 'finesse.containerservices.maxAvailableHeightChangedEvent',
        ACCESS_TOKEN_REFRESHED_EVENT: 'finesse.containerservices.accessTokenRefreshedEvent',
        MANAGED_GADGET_EVENT: 'finesse.containerservices.managedGadgetEvent',
        EMIT_EVENT: 'finesse.containerservices.emitEvent',
    };
    const REQUESTS = 'finesse.containerservices.requests';
    const containerHandlers = {};
    const parameters = gadgets.util.getUrlParameters();
    let isVisible = false;
    let isContainerInitialised = false;
    let dialog = null;

    class TimerTickEvent {
        constructor(data) {
            Object.assign(this, data);
        }

        getTickFrequency() {
            return this.tickFrequency;
        }

        getDateQueued() {
            return new Date(this.dateQueued);
        }
    }

    /** What a topic's handlers get; undefined: it is none of this gadget's business. */
    function dataFor(topic, data) {
        if (topic === Topics.ACTIVE_TAB) {
            const wasVisible = isVisible;
            isVisible = data === ContainerServices.getMyTabId();
            return isVisible && !wasVisible ? ContainerServices : undefined;
        }
        if (topic === Topics.TIMER_TICK_EVENT)
            return new TimerTickEvent(data);
        return data;
    }

    function onContainer(topic, data) {
        const passed = dataFor(topic, data);
        if (passed !== undefined)
            (containerHandlers[topic] || []).slice().forEach((handler) => handler(passed));
    }

    function ask(type, data) {
        gadgets.Hub.publish(REQUESTS, {type: type, data: data, invokeID: Date.now()});
    }

    const wrap = (element) => window.jQuery ? window.jQuery(element) : element;

    const ContainerServices = finesse.containerservices.ContainerServices = {
        Topics: Topics,
        init: () => {
            if (!isContainerInitialised) {
                isContainerInitialised = true;
                Object.keys(Topics).forEach((name) => gadgets.Hub.subscribe(Topics[name], onContainer));
                ContainerServices.makeActiveTabReq();
            }
            return ContainerServices;
        },
        addHandler: (topic, handler) => {
            Utilities.validateHandler(handler);
            const name = topic === 'tabVisible' ? Topics.ACTIVE_TAB : topic;
            (containerHandlers[name] = containerHandlers[name] || []).push(handler);
        },
        removeHandler: (topic, handler) => {
            containerHandlers[topic] = (containerHandlers[topic] || []).filter((one) => one !== handler);
        },
        makeActiveTabReq: () => {
            isVisible = false;
            ask('ActiveTabReq', {});
        },
        activateTab: (id) => ask('SetActiveTabReq', {id: id}),
        activateMyTab: () => ask('SetActiveTabReq', {id: ContainerServices.getMyTabId()}),
        getMyTabId: () => parameters.tab || '',
        getMyGadgetId: () => parameters.mid,
        tabVisible: () => isVisible,
        reloadMyGadget: () => ask('ReloadGadgetReq', {gadgetId: parameters.mid}),
        reloadMyGadgetFromUrl: (url) => ask('ReloadGadgetReq', {gadgetId: parameters.mid, url: url}),
        showMyGadgetNotification: () => {},
        hideMyGadgetNotification: () => {},
        collapseMyGadget: () => {},
        expandMyGadget: () => {},
        enableTitleBar: () => {},
        disableTitleBar: () => {},
        hideMyGadget: () => {},
        showMyGadget: () => {},
        publish: (topic, data) => gadgets.Hub.publish(topic, data),
        showDialog: (options) => {
            const all = Object.assign({title: 'Cisco Finesse',
                message: 'A generic error has occured', isBlocking: true}, options);
            ContainerServices.hideDialog();
            dialog = document.createElement('dialog');
            if (all.title !== false) {
                const title = document.createElement('h2');
                title.textContent = all.title;
                title.style.fontSize = '1.1em';
                dialog.append(title);
            }
            const message = document.createElement('p');
            message.innerHTML = all.message;
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = 'Ok';
            button.addEventListener('click', () => ContainerServices.hideDialog());
            dialog.append(message, button);
            dialog.addEventListener('close', () => { if (all.close) all.close(); });
            document.body.append(dialog);
            if (all.isBlocking)
                dialog.showModal();
            else
                dialog.show();
            return wrap(dialog);
        },
        hideDialog: () => {
            const closed = dialog;
            dialog = null;
            if (closed) {
                closed.close();
                closed.remove();
            }
            return wrap(closed || document.createElement('div'));
        },
    };

    finesse.containerservices.Topics = {
        REQUESTS: REQUESTS, RELOAD_GADGET: Topics.RELOAD_GADGET_EVENT, getTopic: topicOf,
    };
    finesse.containerservices.TimerTickEvent = TimerTickEvent;

    /** Services that the simulator does not have: their methods say so to the handler for failures,
     *  if the call has one, and to the console. */
    function missing(name) {
        const service = new Proxy({}, {
            get: (target, member) => {
                if (member === 'then' || typeof member === 'symbol')
                    return undefined;
                if (member === 'init')
                    return () => service;
                if (/^[A-Z0-9_]+$/.test(member))
                    return {};
                return (...args) => {
                    const message = 'cuicsim does not simulate ' + name + '.' + member;
                    const failed = args.find((one) => one && typeof one.error === 'function');
                    console.warn(message);
                    if (failed)
                        failed.error({status: 501, error: {errorType: 'Not simulated', errorMessage: message}});
                };
            },
        });
        return service;
    }

    finesse.digital.ChannelService = missing('finesse.digital.ChannelService');
    for (const name of ['PopoverService', 'FinesseToaster', 'TaskActivityNotification', 'WorkflowService',
        'KeyboardShortcutService', 'DesktopService', 'MyInfoService'])
        finesse.containerservices[name] = missing('finesse.containerservices.' + name);
    finesse.FinesseToaster = finesse.containerservices.FinesseToaster;
}());
