/* finesse.restservices: User, Users, Team. */
(function () {
    'use strict';

    const {Utilities, enumeration, lastPart, listOf, restRequest, textProperty} = finesse.parts;
    const services = finesse.restservices;
    const {RestBase, RestCollectionBase} = services;

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
            this._dialogs = this._dialogs || new services.Dialogs(Object.assign({parentObj: this}, handlers));
            return this._dialogs;
        }

        getDialogsNoCache(handlers) {
            return new services.Dialogs(Object.assign({parentObj: this}, handlers));
        }

        getQueues(handlers) {
            this._queues = this._queues || new services.Queues(Object.assign({parentObj: this}, handlers));
            return this._queues;
        }

        getPhoneBooks(handlers) {
            return new services.PhoneBooks(Object.assign({parentObj: this}, handlers));
        }

        getWrapUpReasons(handlers) {
            return new services.WrapUpReasons(Object.assign({parentObj: this}, handlers));
        }

        getWorkflows(handlers) {
            return new services.Workflows(Object.assign({parentObj: this}, handlers));
        }

        getMediaList(handlers) {
            return new services.MediaList(Object.assign({parentObj: this}, handlers));
        }

        getMediaPropertiesLayout(handlers) {
            return new services.MediaPropertiesLayouts(Object.assign({parentObj: this}, handlers));
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
            return this._fetch(this.restObj.getRestUrl(), (object) => ({Users: object.Team.users}));
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

        getUri() {
            return this._data.uri;
        }

        getUsers(handlers) {
            return new Users(Object.assign({parentObj: this}, handlers));
        }

        getTeamNotReadyReasonCodes(handlers) {
            if (handlers && handlers.success)
                handlers.success([]);
        }
    }

    Object.assign(services, {User: User, Users: Users, Team: Team});
}());
