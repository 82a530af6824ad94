/* A client of Live Data as a gadget has one, around the real socket.io-client of version 2. The same
 * file runs in Node and, served by the page server, in the browser; it imports nothing. */

/** Fields, read only:
 *  events    what happened, in order: [name, detail]. "connect" has the transport's name, "upgrade"
 *            the new one's, "disconnect" the reason, "refused" what the first connection failed of,
 *            "subscribed" the topic, "error" the server's text
 *  messages  the objects of all "message" events, in order */
export class Follower {
    /** @param io        socket.io-client
     *  @param site      "https://host:port"
     *  @param newToken  resolves to a fresh token; asked once for each connection, since a token is
     *                   good for one
     *  @param topics    subscribed to anew after each connection
     *  @param options   of socket.io-client */
    constructor(io, site, newToken, topics, options) {
        this.events = [];
        this.messages = [];
        this.newToken = newToken;
        this.topics = topics;
        this.opening = this.open(io, site, options);
    }

    async open(io, site, options) {
        const query = {token: await this.newToken()};
        this.socket = io(site, {query, forceNew: true, reconnectionDelay: 200,
                                reconnectionDelayMax: 500, ...options});
        const note = name => detail => this.note(name, detail);
        this.socket.on('connect', () => this.connected());
        this.socket.on('connect_error', error => this.note('refused', error.message));
        this.socket.on('disconnect', reason => {
            this.note('disconnect', reason);
            this.renewToken();
        });
        this.socket.on('reconnect_error', () => this.renewToken());
        this.socket.on('reconnect', note('reconnect'));
        this.socket.on('subscribed', note('subscribed'));
        this.socket.on('error', note('error'));
        this.socket.on('message', message => this.messages.push(message));
    }

    note(name, detail) {
        this.events.push([name, detail === undefined ? '' : String(detail)]);
    }

    connected() {
        const {engine} = this.socket.io;
        this.note('connect', engine.transport.name);
        engine.on('upgrade', transport => this.note('upgrade', transport.name));
        for (const topic of this.topics)
            this.socket.emit('subscribe', topic);
    }

    /** For the library's next attempt. While the server is away it fails, as that attempt will. */
    async renewToken() {
        try {
            this.socket.io.opts.query = {token: await this.newToken()};
        } catch { /* reconnect_error follows */ }
    }

    emit(...args) {
        this.socket.emit(...args);
    }

    /** What it is right now, without the messages. */
    state() {
        return {events: this.events, messages: this.messages.length,
                transport: this.socket?.io.engine?.transport?.name ?? ''};
    }

    close() {
        this.socket?.close();
    }
}
