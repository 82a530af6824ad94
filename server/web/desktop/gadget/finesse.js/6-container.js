/* finesse.containerservices, and what the simulator does not have. */
(function () {
    'use strict';

    const {Utilities, topicOf} = finesse.parts;

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

    class WorkflowActionEvent {
        constructor(data) {
            this.setWorkflowActionEvent(data);
        }

        setWorkflowActionEvent(data) {
            Object.assign(this, {name: '', type: '', params: [], actionVariables: [],
                handledBy: WorkflowActionEvent.HandledBy.FINESSE}, data);
        }

        getName() {
            return this.name;
        }

        getType() {
            return this.type;
        }

        getHandledBy() {
            return this.handledBy;
        }

        getParams() {
            return this.params;
        }

        getActionVariables() {
            return this.actionVariables;
        }
    }
    WorkflowActionEvent.HandledBy = {FINESSE: 'FINESSE', OTHER: 'OTHER'};

    class GadgetViewChangedEvent {
        constructor(data) {
            Object.assign(this, data);
        }

        getGadgetId() {
            return this.gadgetId;
        }

        getTabId() {
            return this.tabId;
        }

        getMaxAvailableHeight() {
            return this.maxAvailableHeight;
        }

        getView() {
            return this.view;
        }
    }

    class MaxAvailableHeightChangedEvent {
        constructor(data) {
            Object.assign(this, data);
        }

        getMaxAvailableHeight() {
            return this.maxAvailableHeight;
        }
    }

    const eventOf = {
        [Topics.TIMER_TICK_EVENT]: TimerTickEvent,
        [Topics.WORKFLOW_ACTION_EVENT]: WorkflowActionEvent,
        [Topics.GADGET_VIEW_CHANGED_EVENT]: GadgetViewChangedEvent,
        [Topics.MAX_AVAILABLE_HEIGHT_CHANGED_EVENT]: MaxAvailableHeightChangedEvent,
    };

    /** What a topic's handlers get; undefined: it is none of this gadget's business. */
    function dataFor(topic, data) {
        if (topic === Topics.ACTIVE_TAB) {
            const wasVisible = isVisible;
            isVisible = data === ContainerServices.getMyTabId();
            return isVisible && !wasVisible ? ContainerServices : undefined;
        }
        const EventClass = eventOf[topic];
        return EventClass ? new EventClass(data) : data;
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
    Object.assign(finesse.containerservices, {TimerTickEvent: TimerTickEvent,
        WorkflowActionEvent: WorkflowActionEvent, GadgetViewChangedEvent: GadgetViewChangedEvent,
        MaxAvailableHeightChangedEvent: MaxAvailableHeightChangedEvent});

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

    delete finesse.parts;
}());
