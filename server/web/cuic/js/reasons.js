/* Why nothing comes through, as the simulator explains it in a gadget of a simulated desktop: no part
 * of the product, and marked so. Elsewhere it stays empty. */
(function () {
    'use strict';

    class Reasons {
        constructor() {
            this.element = document.createElement('div');
            this.element.className = 'cuic-reasons';
            this.element.setAttribute('aria-live', 'polite');
            this.panels = new Map(); // by the origin that was asked: {text, element}
            this.round = 0;
        }

        /** A request had no answer: {url, method, headers}. */
        async add(request) {
            const mine = this.round;
            await CuicGadget.loadWhy();
            const answer = window.cuicsimWhy && request
                ? await window.cuicsimWhy.ask(request.url, request.method, request.headers) : null;
            if (!answer || mine !== this.round)
                return;
            const asked = new URL(request.url).origin;
            const text = JSON.stringify(answer);
            const before = this.panels.get(asked);
            if (before && before.text === text)
                return; // nothing is announced twice
            this.panels.set(asked, {text: text, element: window.cuicsimWhy.panel(answer)});
            this.show();
        }

        /** It works again. */
        clear() {
            this.round++;
            if (this.panels.size === 0)
                return;
            this.panels.clear();
            this.show();
        }

        show() {
            this.element.replaceChildren(...Array.from(this.panels.values(), (one) => one.element));
        }
    }

    window.CuicReasons = Reasons;
}());
