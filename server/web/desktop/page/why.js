/* Why a request across origins fails, as the simulator knows it: asked of the desktop's own server,
 * which has the lab's settings. For gadgets; on a real Finesse there is no such file, and nothing
 * is explained. */
(function () {
    'use strict';

    const EXPLAIN = window.location.origin + '/desktop/sim/explain?'; /* a gadget's base is elsewhere */

    /** Ask about a request of this page.
     *  @param {string} url      that was called
     *  @param {string} method
     *  @param {string} headers  names of those that the page set, with commas between
     *  @returns {Promise<object|null>} what `lab explain --json` says, with titles; null when there
     *           is nobody to ask, or the URL is none of the lab's */
    async function ask(url, method, headers) {
        const question = {url: url, origin: window.origin, method: method || 'GET'};
        if (headers)
            question.headers = headers;
        try {
            const answer = await fetch(EXPLAIN + new URLSearchParams(question), {cache: 'no-store'});
            const told = answer.ok ? await answer.json() : null;
            return told && told.known ? told : null;
        } catch (e) {
            return null;
        }
    }

    /* ---- the explanation as an element ---- */

    function element(name, className, ...content) {
        const made = document.createElement(name);
        if (className)
            made.className = className;
        made.append(...content);
        return made;
    }

    /** Put a text into the clipboard, if the browser lets us; else select it, to be copied by hand. */
    async function copy(pre, button) {
        try {
            await navigator.clipboard.writeText(pre.textContent);
            button.textContent = 'Copied';
        } catch (e) {
            window.getSelection().selectAllChildren(pre);
            button.textContent = 'Selected: press Ctrl+C';
        }
    }

    /** Commands of one node, to be typed at its prompt. */
    function commandsOf(node, commands) {
        const pre = element('pre', '', commands.join('\n'));
        const button = element('button', '', 'Copy');
        button.type = 'button';
        button.setAttribute('aria-label', 'Copy the commands for ' + node);
        button.addEventListener('click', () => copy(pre, button));
        return element('div', 'cuicsim-commands', element('p', '', 'In the shell of ',
            element('code', '', node), ' (', element('code', '', 'cuicsim-cli -n ' + node), '):'),
            button, pre);
    }

    /** The commands of a plan, for each node in turn. */
    function commands(plan) {
        const byNode = [];
        for (const step of plan) {
            const last = byNode.at(-1);
            if (last && last.node === step.node)
                last.commands.push(step.command);
            else
                byNode.push({node: step.node, commands: [step.command]});
        }
        return byNode.map((one) => commandsOf(one.node, one.commands));
    }

    function diagnosis(one) {
        return element('div', 'cuicsim-diagnosis', element('p', '',
            element('strong', '', one.title + ' '), element('span', '', '(' + one.certainty + ')'),
            element('br', ''), one.why), ...commands(one.commands));
    }

    function others(list) {
        const details = element('details', '', element('summary', '',
            list.length === 1 ? 'One more thing to look at'
                : list.length + ' more things to look at'));
        details.append(...list.map(diagnosis));
        return details;
    }

    function hasRestart(plan) {
        return plan.some((step) => step.command.startsWith('utils service restart'));
    }

    /** What `ask` gave, to be shown. */
    function panel(answer) {
        const [first, ...rest] = answer.diagnoses;
        const section = element('section', 'cuicsim-why',
            element('p', 'cuicsim-mark', 'The simulator explains (no product does)'));
        section.setAttribute('aria-label', 'Explanation by the simulator');
        if (first) {
            section.append(diagnosis(first));
            if (!answer.waits_for_restart && hasRestart(first.commands))
                section.append(element('p', 'cuicsim-note', 'In this lab an edit counts at once; ' +
                    'the product needs the restart.'));
        }
        if (rest.length > 0)
            section.append(others(rest));
        return section;
    }

    window.cuicsimWhy = {ask: ask, panel: panel};
}());
