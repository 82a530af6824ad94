/* In the place of a gadget that cannot be shown: tells the desktop so. */
(function () {
    'use strict';

    const origin = window.location.origin;
    const isFailure = document.body.classList.contains('failure');

    function tell() {
        if (window.parent === window)
            return;
        window.parent.postMessage({cuicsim: 'trouble', isFailure: isFailure,
            said: document.getElementById('said').textContent,
            why: document.getElementById('why').textContent,
            height: Math.ceil(document.body.getBoundingClientRect().height) + 4}, origin);
    }

    tell();
    window.addEventListener('resize', tell);
}());
