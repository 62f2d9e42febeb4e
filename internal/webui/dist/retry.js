// During an upgrade of a cluster the node that is asked for a script or a style of this page may run another version than the one
// that gave the page, and not have it. Then the page is loaded again: other nodes are asked, and what has come stays cached.
// Not part of the bundle, and under the same name in every version, because it is there for when the bundle is not.
(function () {
  var key = "playhead.reloads";
  var most = 12;
  var reloading = false;
  // A page that stays is there, or has said that it is not: the next one is counted anew.
  setTimeout(function () {
    try {
      sessionStorage.removeItem(key);
    } catch (forbidden) {}
  }, 10000);
  function again() {
    if (reloading) return;
    try {
      var reloads = Number(sessionStorage.getItem(key));
      if (reloads >= most) return; // the page says so by itself
      sessionStorage.setItem(key, String(reloads + 1));
    } catch (forbidden) {
      return; // nobody would count, and the page load again for ever
    }
    reloading = true;
    setTimeout(function () {
      location.reload();
    }, 100 * (reloads + 1));
  }
  addEventListener(
    "error",
    function (event) {
      var from = event.target;
      if (from instanceof HTMLScriptElement || (from instanceof HTMLLinkElement && from.rel === "stylesheet")) again();
    },
    true,
  );
  // The same of a part of the bundle that a page needs later. Where no server answers, the page stays and says so.
  addEventListener("vite:preloadError", function () {
    fetch("/", { method: "HEAD" }).then(
      function (answer) {
        if (answer.ok) again();
      },
      function () {},
    );
  });
})();
