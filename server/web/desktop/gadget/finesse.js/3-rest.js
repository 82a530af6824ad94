/* finesse.restservices: what its objects and collections have in common. */
(function () {
    'use strict';

    const {objectToXml, topicOf, xmlToObject} = finesse.parts;
    const ClientServices = finesse.clientservices.ClientServices;

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
            this._told = 0; /* notifications so far */
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
            return this._fetch(this.getRestUrl(), (object) => object);
        }

        /** What was told meanwhile may be newer than the answer, or older: it is asked for again then. */
        _fetch(url, choose) {
            const told = this._told;
            restRequest(url, {
                success: (response) => {
                    if (told === this._told)
                        this._take(choose(response.object));
                    else
                        this._fetch(url, choose);
                },
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
                if (!update || !update.object || !update.object.Update)
                    return;
                this._told++;
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

        /** Of those that come with the first answer `load` tells. */
        _addItem(data) {
            const id = this._idOf(data);
            if (this._collection[id])
                return;
            const ItemClass = this.getRestItemClass();
            const item = new ItemClass({id: id, data: data, parentObj: this._itemParent()});
            this._collection[id] = item;
            if (this._loaded)
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

    Object.assign(finesse.restservices, {RestBase: RestBase, RestCollectionBase: RestCollectionBase});
    Object.assign(finesse.parts, {
        enumeration: (...values) => Object.fromEntries(values.map((value) => [value, value])),
        lastPart: lastPart, listOf: listOf, restRequest: restRequest,
        /** A getter of a text of a loaded object. */
        textProperty: (name) => function () {
            this.isLoaded();
            return this._data[name] || '';
        },
    });
}());
