window.hello = {
  init: function () {
    finesse.clientservices.ClientServices.init(finesse.gadget.Config);
    jQuery('#origin').text(window.location.origin);
    gadgets.window.adjustHeight();
  },
};
