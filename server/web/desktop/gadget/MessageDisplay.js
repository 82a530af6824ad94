/* /desktop/js/utilities/MessageDisplay.js, which sample gadgets load: a banner for failures in the
 * gadget's own elements #banner and #banner-msg. Written from what they call; nothing public
 * documents it. */
(function () {
    'use strict';

    const finesse = window.finesse = window.finesse || {};
    finesse.utilities = finesse.utilities || {};

    const banner = () => document.getElementById('banner');

    function show(message, background) {
        const place = document.getElementById('banner-msg') || banner();
        if (!place)
            return;
        place.textContent = message;
        place.setAttribute('role', 'alert');
        if (banner()) {
            banner().style.display = 'block';
            banner().style.background = background;
        }
    }

    finesse.utilities.MessageDisplay = {
        showBannerError: (message) => show(message, '#f8d7da'),
        showBannerWarning: (message) => show(message, '#fff3cd'),
        showBannerInfo: (message) => show(message, '#cfe2ff'),
        hideBanner: () => {
            if (banner())
                banner().style.display = 'none';
        },
    };
}());
