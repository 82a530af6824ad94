/* Loads a permalink again after the seconds that its page names, unless somebody stops that. */
(function () {
    'use strict';

    const place = document.getElementById('refresh');
    const seconds = Number(place.dataset.seconds);
    if (!(seconds > 0))
        return;
    const timer = setTimeout(() => location.reload(), seconds * 1000);
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Stop';
    button.onclick = () => {
        clearTimeout(timer);
        place.textContent = 'No longer refreshed.';
    };
    place.append('Refreshed every ' + seconds + ' seconds. ', button);
}());
