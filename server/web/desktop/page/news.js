/* What happens to the agent, and to a supervisor's team: asked for again and again, told to gadgets
 * as Finesse's notifications. */

const PAUSE_MS = 3000; /* after a failure */

/* Between a gadget's question for the connection and the answer: on "connected" a library of Finesse 9
 * refreshes its objects, and throws if one is not loaded by then.
 * UNVERIFIED: how long the product takes; settled by a gadget that asks, and looks at the clock. */
const ANSWER_MS = 1000;

function escapeXml(text) {
    return String(text).replace(/[&<>"']/g, (c) => '&#' + c.charCodeAt(0) + ';');
}

/** As the REST services print the same tree. */
function toXml(object) {
    return Object.keys(object).filter((name) => name[0] !== '@').map((name) => {
        const values = Array.isArray(object[name]) ? object[name] : [object[name]];
        return values.map((value) => '<' + name + '>' + (value !== null && typeof value === 'object'
            ? toXml(value) : escapeXml(value)) + '</' + name + '>').join('');
    }).join('');
}

/** What scripts get who read the XML: texts, and no empty lists. */
function fromXml(value) {
    if (Array.isArray(value))
        return value.length === 1 ? fromXml(value[0]) : value.map(fromXml);
    if (value === null || typeof value !== 'object')
        return String(value === null ? '' : value);
    const names = Object.keys(value).filter((name) => name[0] !== '@' &&
        !(Array.isArray(value[name]) && value[name].length === 0));
    if (names.length === 0)
        return '';
    return Object.fromEntries(names.map((name) => [name, fromXml(value[name])]));
}

export class News {
    /** @param {Hub} hub
     *  @param {object} user  who signed in
     *  @param handlers  onUser(User), onConnection(boolean), onGone() */
    constructor(hub, user, handlers) {
        this.hub = hub;
        this.user = user;
        this.handlers = handlers;
        this.changes = 0;
        this.dialogs = {};
        this.isConnected = false;
        this.asking = new AbortController();
        hub.subscribe(this, 'requests', 'finesse.info.requests', (topic, data) => this.onRequest(data));
    }

    connectionInfo() {
        return {status: this.isConnected ? 'connected' : 'disconnected', resourceID: 'cuicsim',
            xmppDomain: window.location.hostname};
    }

    /** What gadgets ask ClientServices' master for. */
    onRequest(data) {
        if (!data || typeof data !== 'object')
            return;
        if (data.type === 'ConnectionInfoReq')
            window.setTimeout(() => this.hub.publish('finesse.info.connection',
                Object.assign(this.connectionInfo(), {invokeID: data.invokeID})), ANSWER_MS);
        else if (data.type === 'SubscribeNodeReq' || data.type === 'UnsubscribeNodeReq')
            this.hub.publish('finesse.info.responses.' + data.invokeID, undefined);
    }

    setConnected(isConnected) {
        if (this.isConnected === isConnected)
            return;
        this.isConnected = isConnected;
        this.hub.publish('finesse.info.connection', this.connectionInfo());
        this.handlers.onConnection(isConnected);
    }

    notify(node, event, source, data) {
        const update = {event: event, source: source, data: data};
        const plain = fromXml({Update: update});
        this.hub.publish(node.replace(/^\//, '').replace(/\//g, '.'), {
            content: node + toXml({Update: update}),
            object: plain,
        });
    }

    takeUser(user) {
        const uri = user.uri;
        this.notify(uri, 'PUT', uri, {user: user});
        this.notify('/finesse/api/Team/' + user.teamId + '/Users', 'PUT', uri, {user: user});
        if (user.loginId === String(this.user.id))
            this.handlers.onUser(user);
    }

    takeDialogs(id, list) {
        const node = '/finesse/api/User/' + id + '/Dialogs';
        const now = Object.fromEntries(((list && list.Dialog) || []).map((one) => [one.uri, one]));
        const before = this.dialogs[id] || {};
        this.dialogs[id] = now;
        for (const uri of Object.keys(before))
            if (!now[uri])
                this.notify(node, 'DELETE', node, {dialogs: {Dialog: [before[uri]]}});
        for (const uri of Object.keys(now)) {
            if (!before[uri]) {
                this.notify(node, 'POST', node, {dialogs: {Dialog: [now[uri]]}});
            } else { /* to who has the list, and to who has the one */
                this.notify(node, 'PUT', uri, {dialog: now[uri]});
                this.notify(uri, 'PUT', uri, {dialog: now[uri]});
            }
        }
    }

    async ask() {
        const answer = await fetch('/desktop/sim/news?since=' + this.changes,
            {cache: 'no-store', signal: this.asking.signal});
        if (answer.status === 401) {
            this.isOver = true;
            this.handlers.onGone();
            return;
        }
        if (!answer.ok)
            throw new Error('status ' + answer.status);
        const got = await answer.json();
        this.changes = got.changes;
        this.drift = Date.now() - got.now;
        this.setConnected(true);
        got.users.forEach((one) => this.takeUser(one.User));
        Object.keys(got.dialogs).forEach((id) => this.takeDialogs(id, got.dialogs[id].Dialogs));
    }

    async run() {
        while (!this.isOver) {
            try {
                await this.ask();
            } catch (e) {
                if (this.isOver)
                    return;
                this.setConnected(false);
                this.changes = 0; /* all anew, when it is back */
                await new Promise((resolve) => { window.setTimeout(resolve, PAUSE_MS); });
            }
        }
    }

    /** Before the session ends: a question that waits would be answered with 401. */
    stop() {
        this.isOver = true;
        this.asking.abort();
    }
}
