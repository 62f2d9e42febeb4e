(() => {
  let find = document.currentScript?.dataset.answers || "[data-playhead-answer],[data-message-author-role=assistant],[data-role=assistant],.is-assistant,.ai-message,.copilotKitAssistantMessage";
  let parts = new WeakMap(), told = new WeakMap(), timer;
  let answers = () => document.querySelectorAll(find);
  let tell = (what, a, data) => {
    try {
      let { record } = __PosthogExtensions__.rrweb;
      return record.addCustomEvent("playhead." + what, { node: record.mirror.getId(a), ...data }), 1;
    } catch {}
  };
  let own = e => [...e.childNodes].reduce((n, c) => n + (c.nodeType == 3 && c.data.trim().length), 0);
  let look = () => {
    timer = 0;
    for (let a of answers()) {
      let chars = 0, seen = 0, size = a.textContent.length;
      if (told.get(a) == size) continue;
      for (let e of [a, ...a.querySelectorAll("*")]) {
        let n = own(e), p = parts.get(e);
        if (!n) continue;
        chars += n;
        if (p) seen += n * Math.min(1, Math.max(0, p[1] - p[0]) / (e.getBoundingClientRect().height || 1));
        else parts.set(e, [1e9, 0]), watch.observe(e);
      }
      seen = Math.round(seen);
      let now = chars + "/" + seen;
      if (chars && told.get(a) != now && tell("shown", a, { chars, seen })) told.set(a, seen == chars ? size : now);
    }
  };
  let later = () => (timer ||= setTimeout(look, 500));
  let watch = new IntersectionObserver(all => {
    for (let e of all) {
      let p = parts.get(e.target), i = e.intersectionRect, top = e.boundingClientRect.top;
      if (i.height) p[0] = Math.min(p[0], i.top - top), p[1] = Math.max(p[1], i.bottom - top);
    }
    later();
  }, { threshold: [...Array(21).keys()].map(n => n / 20) });
  new MutationObserver(later).observe(document, { subtree: 1, childList: 1, characterData: 1 });
  addEventListener("copy", () => {
    let all = getSelection();
    if (all.rangeCount) for (let a of answers()) {
      let r = all.getRangeAt(0).cloneRange(), of = new Range();
      if (!r.intersectsNode(a)) continue;
      of.selectNodeContents(a);
      if (r.compareBoundaryPoints(0, of) < 0) r.setStart(a, 0);
      if (r.compareBoundaryPoints(2, of) > 0) r.setEnd(a, a.childNodes.length);
      let chars = (r + "").trim().length;
      chars && tell("copy", a, { chars });
    }
  }, 1);
  later();
})();
