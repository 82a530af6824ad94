/* The hub of a desktop: gadgets and the desktop itself publish and subscribe by topic, with the
 * wildcards of the OpenAjax Hub: "a.*" is one part, "a.**" any number of them. */

export class Hub {
    constructor() {
        this.subscriptions = new Map(); /* by owner: Map of id to topic and handler */
    }

    static fits(pattern, topic) {
        const wanted = pattern.split('.');
        const parts = topic.split('.');
        for (let i = 0; i < wanted.length; i++) {
            if (wanted[i] === '**')
                return true;
            if (i >= parts.length || (wanted[i] !== '*' && wanted[i] !== parts[i]))
                return false;
        }
        return wanted.length === parts.length;
    }

    subscribe(owner, id, topic, handler) {
        if (!this.subscriptions.has(owner))
            this.subscriptions.set(owner, new Map());
        this.subscriptions.get(owner).set(id, {topic: topic, handler: handler});
    }

    unsubscribe(owner, id) {
        const own = this.subscriptions.get(owner);
        if (own)
            own.delete(id);
    }

    /** A gadget is gone, or begins anew. */
    forget(owner) {
        this.subscriptions.delete(owner);
    }

    /** Who published it gets it as well, if subscribed to it. */
    publish(topic, data) {
        for (const own of [...this.subscriptions.values()])
            for (const one of [...own.values()])
                if (Hub.fits(one.topic, topic))
                    one.handler(topic, data);
    }
}
