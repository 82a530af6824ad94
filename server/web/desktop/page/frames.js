/* Gadgets in frames: their bars, their heights, and what they say to the desktop. */

const LEAST_HEIGHT = 30;
const MOST_HEIGHT = 12000; /* a gadget that grows with its frame ends somewhere */

export class Frames {
    /** @param {Hub} hub
     *  @param {function(string): void} log  what people may read */
    constructor(hub, log) {
        this.hub = hub;
        this.log = log;
        this.all = [];
        window.addEventListener('message', (event) => this.receive(event));
    }

    /** A gadget of the layout, as an element. */
    make(gadget, tabId) {
        const section = document.createElement('section');
        const title = document.createElement('h2');
        section.className = 'gadget';
        title.id = 'gadget-title-' + gadget.module;
        title.textContent = gadget.url.replace(/[?#].*/, '').split('/').pop();
        section.setAttribute('aria-labelledby', title.id);
        if (gadget.isComponent) {
            section.append(this.componentNote(gadget, title));
            return section;
        }
        const frame = {gadget: gadget, tabId: tabId, section: section, title: title, isOwnHeight: false};
        frame.iframe = document.createElement('iframe');
        frame.iframe.id = 'gadget-' + gadget.module;
        frame.iframe.title = title.textContent;
        section.append(this.bar(frame), frame.iframe);
        section.hidden = gadget.isHidden || Boolean(gadget.managedBy);
        this.all.push(frame);
        this.load(frame, gadget.url);
        return section;
    }

    componentNote(gadget, title) {
        const note = document.createElement('p');
        title.className = 'visually-hidden';
        note.className = 'component';
        note.append(title, gadget.url + ' is a component of Finesse itself, which the simulator does not have.');
        return note;
    }

    bar(frame) {
        const bar = document.createElement('div');
        const button = document.createElement('button');
        bar.className = 'bar';
        button.type = 'button';
        button.textContent = 'Reload';
        button.setAttribute('aria-describedby', frame.title.id);
        button.addEventListener('click', () => this.load(frame, frame.gadget.url));
        bar.append(frame.title, button);
        return bar;
    }

    load(frame, url) {
        this.hub.forget(frame);
        frame.section.classList.remove('failed');
        frame.isOwnHeight = false;
        const parameters = new URLSearchParams({
            url: url, mid: String(frame.gadget.module), container: 'default', view: 'default',
            tab: frame.tabId, parent: window.location.origin,
        });
        frame.iframe.src = '/gadgets/ifr?' + parameters;
    }

    find(module) {
        return this.all.find((frame) => String(frame.gadget.module) === String(module));
    }

    send(frame, message) {
        if (frame.iframe.contentWindow)
            frame.iframe.contentWindow.postMessage(message, window.location.origin);
    }

    setHeight(frame, height) {
        const pixels = Math.min(Math.max(Math.ceil(Number(height) || 0), LEAST_HEIGHT), MOST_HEIGHT);
        frame.iframe.style.height = pixels + 'px';
    }

    setTitle(frame, title) {
        if (title === '')
            return;
        frame.title.textContent = title;
        frame.iframe.title = title;
    }

    receive(event) {
        const frame = this.all.find((one) => one.iframe.contentWindow === event.source);
        if (!frame || event.origin !== window.location.origin || !event.data)
            return;
        const handler = {
            begin: this.onBegin, load: this.onLoad, height: this.onHeight, title: this.onTitle,
            trouble: this.onTrouble, publish: this.onPublish, subscribe: this.onSubscribe,
            unsubscribe: this.onUnsubscribe,
        }[event.data.cuicsim];
        if (handler)
            handler.call(this, frame, event.data);
    }

    onBegin(frame, data) {
        this.hub.forget(frame);
        this.setTitle(frame, data.title.trim());
        if (data.height > 0) {
            frame.isOwnHeight = true;
            this.setHeight(frame, data.height);
        }
    }

    /** All of the gadget's scripts have run: it is connected to the hub. */
    onLoad(frame, data) {
        if (!frame.isOwnHeight && data.height > LEAST_HEIGHT)
            this.setHeight(frame, data.height);
        this.send(frame, {cuicsim: 'connected'});
    }

    onHeight(frame, data) {
        frame.isOwnHeight = true;
        this.setHeight(frame, data.height);
    }

    onTitle(frame, data) {
        this.setTitle(frame, data.title.trim());
    }

    onTrouble(frame, data) {
        this.setHeight(frame, data.height);
        frame.section.hidden = frame.section.hidden && !data.isFailure;
        frame.section.classList.toggle('failed', data.isFailure);
        if (data.isFailure && !frame.isToldOf)
            this.log(data.said + ' - ' + data.why);
        frame.isToldOf = data.isFailure;
    }

    onPublish(frame, data) {
        this.hub.publish(data.topic, data.data);
    }

    onSubscribe(frame, data) {
        this.hub.subscribe(frame, data.id, data.topic, (topic, message) =>
            this.send(frame, {cuicsim: 'message', id: data.id, topic: topic, data: message}));
    }

    onUnsubscribe(frame, data) {
        this.hub.unsubscribe(frame, data.id);
    }
}
