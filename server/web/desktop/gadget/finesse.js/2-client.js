/* finesse.clientservices: notifications and requests. */
(function () {
    'use strict';

    const {Config, Utilities} = finesse.parts;

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

    const unregister = (name) => (handler) => {
        notifiers[name] = (notifiers[name] || []).filter((one) => one !== handler);
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
        unregisterOnConnectHandler: unregister('connected'),
        unregisterOnConnectingHandler: unregister('connecting'),
        unregisterOnReconnectingHandler: unregister('reconnecting'),
        unregisterOnDisconnectHandler: unregister('disconnected'),
        unregisterOnDisconnectingHandler: unregister('disconnecting'),
        unregisterOnUnloadingHandler: unregister('unloading'),
        unregisterOnFailoverHandler: unregister('failing'),
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

    finesse.parts.topicOf = topicOf;
}());
