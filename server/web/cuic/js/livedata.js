/* The Live Data gadget: the first rows of a report from CUIC, then what Live Data sends. */
(function () {
    'use strict';

    const UNAVAILABLE = 'Live Data is not available after repeated attempts. Retrying';
    const ATTEMPTS = 3;         // that fail before it is said
    const RETRY_MS = 1000;      // after the first failure, then twice as long each time
    const RETRY_MAX_MS = 10000;
    const KEYS_MAX = 1000;      // in one topic
    const TOPICS_MAX = 16;      // in one event

    /** One view, from its first rows to another one's. */
    class LiveView {
        constructor(frame, view) {
            this.frame = frame;
            this.view = view;
            this.later = new Map(); // messages that came while paused, the last of each row
            this.failures = 0;
            this.transport = CuicGadget.parameters.transport || 'websocket';
        }

        async start() {
            this.frame.say('Loading ' + this.view.id);
            const view = await CuicGadget.describe(this.view.id);
            const answer = await CuicGadget.rest('POST', 'initialData/?repType=REALTIMESTREAM', {
                reportId: view.reportId,
                filters: JSON.stringify(this.view.filters.map((filter) => ({
                    isKeyField: true,
                    name: filter.name,
                    fieldType: 'VALUELIST',
                    operator: 'SetValues',
                    value: [filter.value],
                }))),
            });
            if (this.isOver)
                return;
            this.description = view;
            this.grid = this.frame.setGrid(view);
            this.grid.setRows(JSON.parse(answer.data));
            this.connect();
        }

        /* ---- Live Data ---- */

        host() {
            const hosts = CuicGadget.liveDataHosts();
            return hosts[this.failures % hosts.length];
        }

        async token(host) {
            const headers = {};
            if (CuicGadget.authorization())
                headers.Authorization = CuicGadget.authorization();
            let answer = null;
            try {
                answer = await fetch(host + '/livedata/token/new', {
                    credentials: 'omit',
                    headers: headers,
                });
            } catch (e) {
                throw CuicGadget.unreachable('Live Data', host, 'utils live-data', {
                    url: host + '/livedata/token/new', method: 'GET',
                    headers: Object.keys(headers).join(','),
                });
            }
            if (!answer.ok)
                throw await CuicGadget.explain(answer, 'Live Data');
            return (await answer.json()).token;
        }

        async connect() {
            const host = this.host();
            this.frame.say(this.failures < ATTEMPTS ? 'Connecting to ' + host : UNAVAILABLE,
                this.failures >= ATTEMPTS);
            try {
                const token = await this.token(host);
                if (this.isOver)
                    return;
                this.wasConnected = false;
                this.connection = new CuicEngine.Connection(this.transport, host, token, {
                    connected: () => this.connected(host),
                    event: (name, value) => name === 'message' && this.message(value),
                    error: (text) => this.frame.say(text, true),
                    lost: (reason) => this.lost(reason, {
                        url: host + '/socket.io/', method: 'GET', headers: '',
                    }),
                });
            } catch (e) {
                this.lost(e.message, e.request);
            }
        }

        connected(host) {
            this.wasConnected = true;
            this.failures = 0;
            this.frame.reasons.clear();
            this.grid.isStill = this.isPaused;
            this.frame.say('Live from ' + host + ' by ' + this.transport);
            const keys = Array.from(this.grid.rows.keys());
            const topics = [];
            while (keys.length > 0)
                topics.push(this.description.topic + '=' + keys.splice(0, KEYS_MAX).join(','));
            while (topics.length > 0)
                this.connection.emit('subscribe', ...topics.splice(0, TOPICS_MAX));
        }

        /** Where no WebSocket gets through, polling may. */
        lost(reason, request) {
            if (this.isOver)
                return;
            this.frame.reasons.add(request);
            this.failures++;
            this.grid.isStill = true; // nothing is known of now
            if (!this.wasConnected && this.connection && !CuicGadget.parameters.transport)
                this.transport = this.transport === 'websocket' ? 'polling' : 'websocket';
            this.connection = null;
            this.frame.say(this.failures >= ATTEMPTS ? UNAVAILABLE : reason, true);
            const delay = Math.min(RETRY_MS * 2 ** (this.failures - 1), RETRY_MAX_MS);
            this.timer = setTimeout(() => this.connect(), delay);
        }

        message(message) {
            if (this.isPaused) {
                this.later.set(message.id, message);
                this.frame.hint();
            } else {
                this.grid.update(message);
            }
        }

        pause(isPaused) {
            this.isPaused = isPaused;
            if (!isPaused && this.grid)
                this.later.forEach((message) => this.grid.update(message));
            this.later.clear();
        }

        end() {
            this.isOver = true;
            clearTimeout(this.timer);
            if (this.connection)
                this.connection.close();
        }
    }

    async function run() {
        await CuicGadget.loadFinesse();
        const views = CuicGadget.views();
        let live = null;
        const show = (index) => {
            if (live)
                live.end();
            live = new LiveView(frame, views[index]);
            frame.reasons.clear();
            live.start().catch((e) => frame.fail(e));
        };
        const frame = new CuicGrid.Frame(views, {view: show, pause: (is) => live.pause(is)});
        if (views.length === 0)
            frame.say('The URL of this gadget has no viewId.', true);
        else
            show(0);
        addEventListener('pagehide', () => live && live.end());
    }

    run();
}());
