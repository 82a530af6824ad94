/* Tabs, as the ARIA practices have them: arrows, Home and End move, and what is moved to is shown. */

export class Tabs {
    /** @param {function(string): void} onChange  gets the id of the tab that is shown now */
    constructor(list, panels, onChange) {
        this.list = list;
        this.panels = panels;
        this.onChange = onChange;
        this.active = '';
        list.addEventListener('keydown', (event) => this.onKey(event));
    }

    add(id, label, content) {
        const tab = document.createElement('button');
        const panel = document.createElement('div');
        tab.type = 'button';
        tab.id = 'tab_' + id;
        tab.textContent = label;
        tab.setAttribute('role', 'tab');
        tab.setAttribute('aria-controls', 'panel_' + id);
        tab.addEventListener('click', () => this.activate(id));
        panel.className = 'tab-panel'; /* gadgets with a library of their own look for this */
        panel.id = 'panel_' + id;
        panel.setAttribute('role', 'tabpanel');
        panel.setAttribute('aria-labelledby', tab.id);
        panel.append(content);
        this.list.append(tab);
        this.panels.append(panel);
        this.list.hidden = false;
        this.show(tab, panel, false);
    }

    show(tab, panel, isShown) {
        tab.setAttribute('aria-selected', String(isShown));
        tab.tabIndex = isShown ? 0 : -1;
        panel.hidden = !isShown;
    }

    /** @return whether there is such a tab */
    activate(id) {
        const tabs = [...this.list.children];
        if (!tabs.some((tab) => tab.id === 'tab_' + id))
            return false;
        for (const tab of tabs)
            this.show(tab, document.getElementById(tab.getAttribute('aria-controls')),
                tab.id === 'tab_' + id);
        this.active = id;
        this.onChange(id);
        return true;
    }

    onKey(event) {
        const tabs = [...this.list.children];
        const now = tabs.indexOf(document.activeElement);
        const next = {
            ArrowRight: (now + 1) % tabs.length,
            ArrowLeft: (now + tabs.length - 1) % tabs.length,
            Home: 0,
            End: tabs.length - 1,
        }[event.key];
        if (now < 0 || next === undefined)
            return;
        event.preventDefault();
        tabs[next].focus();
        this.activate(tabs[next].id.slice('tab_'.length));
    }
}
