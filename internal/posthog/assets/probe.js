(() => {
  let find = document.currentScript?.dataset.answers || "[data-playhead-answer],[data-message-author-role=assistant],[data-role=assistant],.is-assistant,.ai-message,.copilotKitAssistantMessage",
  lists = new WeakMap(), parts = new WeakMap(), timer,
  answers = () => document.querySelectorAll(find),
  tell = (what, a, data) => {
    try {
      let { record } = __PosthogExtensions__.rrweb;
      return record.addCustomEvent("playhead." + what, { node: record.mirror.getId(a), ...data }), 1;
    } catch {}
  },
  own = e => [...e.childNodes].reduce((n, c) => n + (c.nodeType == 3 && c.data.trim().length), 0),
  look = () => {
    timer = 0;
    for (let a of answers()) {
      let chars = 0, seen = 0, i = 0, size = a.textContent.length, all = lists.get(a) || [];
      if (all.told == size) continue;
      lists.set(a, all);
      for (let e of [a, ...a.querySelectorAll("*")]) {
        let n = own(e), p;
        if (!n) continue;
        p = all[i++] ||= [1e9, 0];
        chars += n;
        seen += n * Math.min(1, Math.max(0, p[1] - p[0]) / (e.getBoundingClientRect().height || 1));
        parts.set(e, p);
        watch.unobserve(e);
        watch.observe(e);
      }
      seen = Math.round(seen);
      let now = chars + "/" + seen;
      if (chars && all.told != now && tell("shown", a, { chars, seen })) all.told = seen == chars ? size : now;
    }
  },
  later = () => (timer ||= setTimeout(look, 500)),
  watch = new IntersectionObserver(all => {
    for (let e of all) {
      let p = parts.get(e.target), old = p + "", i = e.intersectionRect, top = e.boundingClientRect.top;
      if (i.height) p[0] = Math.min(p[0], i.top - top), p[1] = Math.max(p[1], i.bottom - top);
      p != old && later();
    }
  }, { threshold: [0, .5, 1] });
  new MutationObserver(later).observe(document, { subtree: 1, childList: 1, characterData: 1 });
  addEventListener("scroll", later, 1);
  addEventListener("copy", () => {
    let all = getSelection();
    if (all.rangeCount) for (let a of answers()) {
      let r = all.getRangeAt(0).cloneRange(), n = a.childNodes.length;
      if (!r.intersectsNode(a)) continue;
      r.comparePoint(a, 0) || r.setStart(a, 0);
      r.comparePoint(a, n) || r.setEnd(a, n);
      let chars = (r + "").trim().length;
      chars && tell("copy", a, { chars });
    }
  }, 1);
  later();
})();
