/* A client of Engine.IO 3 and Socket.IO 2, of their root namespace and text packets alone: what a
 * Live Data gadget needs. One connection by one transport; whoever uses it connects anew. */
(function () {
    'use strict';

    const OPEN_MS = 10000; // for a handshake

    /** Cut an answer to a poll into its packets: "<length>:<packet>...". */
    function split(payload) {
        const packets = [];
        let at = 0;
        while (at < payload.length) {
            const colon = payload.indexOf(':', at);
            const length = Number(payload.slice(at, colon));
            if (colon < 0 || !Number.isInteger(length) || length < 1)
                throw new Error('a payload that is none');
            packets.push(payload.slice(colon + 1, colon + 1 + length));
            at = colon + 1 + length;
        }
        return packets;
    }

    function address(base, query) {
        return base + '/socket.io/?' + new URLSearchParams(Object.assign({EIO: '3'}, query));
    }

    /** Packets over a WebSocket. */
    class WebSocketTransport {
        constructor(base, token, handlers) {
            const url = address(base, {transport: 'websocket', token: token});
            this.socket = new WebSocket(url.replace(/^http/, 'ws'));
            this.socket.onmessage = (e) => handlers.packet(String(e.data));
            this.socket.onclose = () => handlers.lost('the WebSocket was closed');
        }

        send(packet) {
            if (this.socket.readyState === WebSocket.OPEN)
                this.socket.send(packet);
        }

        /** Chromium writes an error of a socket that is closed before it is open: not then. */
        close() {
            this.socket.onmessage = this.socket.onclose = null;
            this.socket.onopen = () => this.socket.close();
            if (this.socket.readyState === WebSocket.OPEN)
                this.socket.close();
        }
    }

    /** Packets over requests: one that waits for what comes, and one for each batch that goes. */
    class PollingTransport {
        constructor(base, token, handlers) {
            this.base = base;
            this.handlers = handlers;
            this.abort = new AbortController();
            this.queue = [];
            this.isPosting = false;
            this.poll({token: token});
        }

        async ask(query, body) {
            const answer = await fetch(
                address(this.base, Object.assign({transport: 'polling', t: Date.now()}, query)), {
                    method: body === undefined ? 'GET' : 'POST',
                    headers: body === undefined ? {} : {'Content-Type': 'text/plain;charset=UTF-8'},
                    body: body,
                    signal: this.abort.signal,
                });
            if (!answer.ok)
                throw new Error('status ' + answer.status);
            return answer.text();
        }

        async poll(query) {
            try {
                for (;;) {
                    const payload = await this.ask(query);
                    for (const packet of split(payload)) {
                        if (packet[0] === '0')
                            this.query = query = {sid: JSON.parse(packet.slice(1)).sid};
                        this.handlers.packet(packet);
                    }
                    if (this.abort.signal.aborted)
                        return;
                }
            } catch (e) {
                this.lose(e);
            }
        }

        lose(e) {
            if (!this.abort.signal.aborted)
                this.handlers.lost('polling failed: ' + e.message);
        }

        async send(packet) {
            this.queue.push(packet);
            if (this.isPosting)
                return;
            this.isPosting = true;
            try {
                while (this.queue.length > 0) {
                    const body = this.queue.map((p) => p.length + ':' + p).join('');
                    this.queue = [];
                    await this.ask(this.query, body);
                }
            } catch (e) {
                this.lose(e);
            }
            this.isPosting = false;
        }

        close() {
            this.abort.abort();
            if (this.query)
                fetch(address(this.base, Object.assign({transport: 'polling'}, this.query)), {
                    method: 'POST',
                    headers: {'Content-Type': 'text/plain;charset=UTF-8'},
                    body: '1:1',
                    keepalive: true,
                }).catch(() => {});
        }
    }

    const transports = {websocket: WebSocketTransport, polling: PollingTransport};

    /** A connection. `on` has functions: connected(), event(name, ...args), error(text), and
     *  lost(reason), which is called once, and last. */
    class Connection {
        constructor(transport, base, token, on) {
            this.on = on;
            this.isOver = false;
            this.expect(OPEN_MS);
            this.transport = new transports[transport](base, token, {
                packet: (packet) => this.packet(packet),
                lost: (reason) => this.lose(reason),
            });
        }

        /** The other side must say something within this time. */
        expect(ms) {
            clearTimeout(this.deadline);
            this.deadline = setTimeout(() => this.lose('nothing was heard for too long'), ms);
        }

        packet(packet) {
            if (this.isOver)
                return;
            if (this.patience)
                this.expect(this.patience);
            switch (packet[0]) {
            case '0':
                this.open(JSON.parse(packet.slice(1)));
                break;
            case '1':
                this.lose('the server closed the session');
                break;
            case '4':
                this.message(packet.slice(1));
                break;
            }
        }

        open(handshake) {
            this.patience = handshake.pingInterval + handshake.pingTimeout;
            this.expect(this.patience);
            this.pings = setInterval(() => this.transport.send('2'), handshake.pingInterval);
        }

        /** A Socket.IO packet. */
        message(text) {
            if (text[0] === '0' && text.length === 1)
                this.on.connected();
            else if (text[0] === '1')
                this.lose('the server disconnected');
            else if (text[0] === '2')
                this.on.event(...JSON.parse(text.slice(text.indexOf('['))));
            else if (text[0] === '4')
                this.on.error(String(JSON.parse(text.slice(1))));
        }

        emit(name, ...args) {
            this.transport.send('42' + JSON.stringify([name, ...args]));
        }

        close() {
            if (this.isOver)
                return;
            this.isOver = true;
            clearTimeout(this.deadline);
            clearInterval(this.pings);
            this.transport.close();
        }

        lose(reason) {
            if (this.isOver)
                return;
            this.close();
            this.on.lost(reason);
        }
    }

    window.CuicEngine = {Connection: Connection};
}());
