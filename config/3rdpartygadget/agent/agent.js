window.myAgent = (function ($) {
  var user = null;
  var containerServices = null;

  function show() {
    var reason = user.getReasonCodeLabel();
    var pending = user.getPendingState();
    $('#name').text(user.getFirstName() + ' ' + user.getLastName() + ' (' + user.getId() + ')');
    $('#team').text(user.getTeamName() + (user.hasSupervisorRole() ? ', supervisor' : ''));
    $('#state').text(user.getState() + (reason ? ': ' + reason : '') +
      (pending ? ', then ' + pending : ''));
    gadgets.window.adjustHeight();
  }

  function showCall(dialog) {
    $('#call').text(dialog.getState() + ', from ' + dialog.getFromAddress() + ' to ' +
      dialog.getMediaProperties().queueName);
    gadgets.window.adjustHeight();
  }

  function change(state) {
    $('#failure').text('');
    user.setState(state, null, {
      error: function (rsp) {
        $('#failure').text(rsp.error.errorMessage);
      },
    });
  }

  function onLoad() {
    show();
    user.getDialogs({
      onCollectionAdd: function (dialog) {
        showCall(dialog);
        dialog.addHandler('change', showCall);
      },
      onCollectionDelete: function () {
        $('#call').text('none');
      },
    });
  }

  return {
    init: function () {
      var config = finesse.gadget.Config;
      finesse.clientservices.ClientServices.init(config);
      finesse.cslogger.ClientLogger.init(gadgets.Hub, 'MyAgent', config);
      containerServices = finesse.containerservices.ContainerServices.init();
      containerServices.addHandler(containerServices.Topics.ACTIVE_TAB, function () {
        gadgets.window.adjustHeight();
      });
      containerServices.makeActiveTabReq();
      user = new finesse.restservices.User({id: config.id, onLoad: onLoad, onChange: show});
      $('#ready').on('click', function () {
        change(finesse.restservices.User.States.READY);
      });
      $('#not-ready').on('click', function () {
        change(finesse.restservices.User.States.NOT_READY);
      });
    },
  };
}(jQuery));
