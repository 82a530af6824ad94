/* finesse.restservices: Dialog, Queue, SystemInfo, and what the simulation has nothing of. */
(function () {
    'use strict';

    const {enumeration, listOf, textProperty} = finesse.parts;
    const {RestBase, RestCollectionBase} = finesse.restservices;

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

        getDialogCount() {
            this.isLoaded();
            return Object.keys(this.getCollection()).length;
        }

        _create(action, toAddress, fromAddress, handlers, more) {
            return this._send('POST', this.getRestUrl(), {Dialog: Object.assign({
                requestedAction: action, fromAddress: fromAddress, toAddress: toAddress}, more)},
            handlers);
        }

        createNewCallDialog(toAddress, fromAddress, handlers) {
            return this._create('MAKE_CALL', toAddress, fromAddress, handlers);
        }

        createNewSuperviseCallDialog(toAddress, fromAddress, handlers) {
            return this._create('SILENT_MONITOR', toAddress, fromAddress, handlers);
        }

        createNewBargeCall(fromAddress, toAddress, associatedDialogUri, handlers) {
            return this._create('BARGE_CALL', toAddress, fromAddress, handlers,
                {associatedDialogUri: associatedDialogUri});
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
        Dialog: Dialog, Dialogs: Dialogs, Queue: Queue, Queues: Queues, PhoneBooks: PhoneBooks,
        WrapUpReasons: WrapUpReasons, Workflows: Workflows,
        MediaPropertiesLayouts: MediaPropertiesLayouts,
        MediaPropertiesLayout: MediaPropertiesLayouts, MediaList: MediaList, Media: Media,
        SystemInfo: SystemInfo,
        InterruptActions: actions('ACCEPT', 'IGNORE'),
        DialogLogoutActions: actions('CLOSE', 'TRANSFER'),
        DialogLogoutAction: actions('CLOSE', 'TRANSFER'),
    });
}());
