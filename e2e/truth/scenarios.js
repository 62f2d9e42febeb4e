// The scenarios, as data. A scenario has a `page` (pages/chat.js says what can be set), a `backend`, the `asks` (what the model answers to each question and
// how fast), what the user `does` (act.js), and what is true about each ask: the `state` of its answer unless
// all of it is seen, and the `signals` of its user except those that follow from the times (`left`, `went_on`). The page's own observers must find
// the same, or the scenario itself is wrong. `link` says whether the session can be found: `linked` unless something else is said; `ambiguous` if two
// sessions fit equally well, so that none may be named; `undecided` if a small difference may or may not decide, so that a session may be named, but no wrong one.
//
// The results of `held_out` scenarios are not used to tune rules. They are reported apart.

const held_out = true
const slow = { first: 4000, pace: 30 }
const never = { first: 20_000, pace: 30 } // not within the time that its user waits
const steady = { first: 700, pace: 45 }
const ask1 = ['ask', 1]
const done1 = ['done', 1]
const md = (view, more) => ({ view, markdown: true, ...more })
const masked = (selector) => ({ posthog: { session_recording: { maskTextSelector: selector } } })
const hour = 3_600_000

/** One question and its complete answer. Where a clock is wrong, the user reads the page first, so that the moment lies inside the recording. */
const simple = (name, page, ask, more = {}) => ({
  name, page, asks: [{ ...steady, ...ask }], does: [...(page.clock || more.backend?.clock ? [['wait', 6000]] : []), ask1, done1, ['wait', 1000]], ...more,
})

export const scenarios = [
  // How fast the model is.
  simple('fast', {}, { first: 120, pace: 8 }),
  simple('fast-react', { view: 'react' }, { first: 90, pace: 5, size: 9 }, { held_out }),
  simple('slow-start', {}, { first: 6000, pace: 30 }),
  simple('slow-start-vue', { view: 'vue' }, { first: 8000, pace: 25 }, { held_out }),
  simple('at-once', { transport: 'once' }, { first: 1500, pace: 10 }),
  simple('at-once-markdown', md('svelte', { transport: 'once' }), { first: 2500, pace: 5, shape: 'mixed' }, { held_out }),
  simple('stalls', {}, { first: 500, pace: 30, stalls: [[0.4, 2800], [0.7, 3500]] }),
  simple('stalls-svelte', { view: 'svelte' }, { first: 500, pace: 30, stalls: [[0.2, 2600], [0.5, 4200]] }, { held_out }),
  // Slower than people read, so that they wait for words.
  simple('slow-words', {}, { first: 900, pace: 320, size: 2 }),
  simple('slow-words-react', md('react'), { first: 900, pace: 250, shape: 'list', size: 2, stalls: [[0.5, 4000]] }, { held_out }),
  simple('slow-words-chinese', { view: 'vue' }, { shape: 'zh', size: 2, pace: 450 }, { held_out }),
  simple('short', {}, { first: 900, shape: 'short' }),
  simple('short-react', md('react'), { first: 2000, shape: 'short' }, { held_out }),
  simple('chosen-suggestion', { suggestions: ['What do I do with a wet tent in the morning?'] }, { text: 'What do I do with a wet tent in the morning?' }, { does: [['ask', 1, 'suggestion'], done1, ['wait', 800]] }),

  // How answers look, and how they are drawn.
  simple('code', md('plain'), { shape: 'code', size: 8 }),
  simple('code-react', md('react'), { shape: 'code', size: 8 }, { held_out }),
  simple('table', md('plain'), { shape: 'table', size: 6 }, { held_out }),
  simple('table-react', md('react'), { shape: 'table', size: 6 }),
  simple('mixed-react', md('react'), { shape: 'mixed', size: 9, pace: 20 }),
  simple('mixed-vue', md('vue'), { shape: 'mixed', size: 9, pace: 20 }, { held_out }),
  simple('list-vue', md('vue'), { shape: 'list', size: 6 }),
  simple('list-svelte', md('svelte'), { shape: 'list', size: 6 }, { held_out }),
  simple('code-svelte', md('svelte'), { shape: 'code', size: 6 }),
  simple('paragraphs-vue', md('vue'), { shape: 'paragraphs', size: 9 }, { held_out }),
  simple('components', { view: 'elements' }, {}),
  simple('components-table', md('elements'), { shape: 'table', size: 5 }, { held_out }),
  simple('components-mixed', md('elements'), { shape: 'mixed', size: 9, pace: 20 }),
  simple('typewriter', { typewriter: 90 }, { first: 600, pace: 10 }),
  simple('typewriter-react', md('react', { typewriter: 160 }), { first: 600, pace: 5, shape: 'list' }, { held_out }),
  simple('typewriter-fast', { view: 'svelte', typewriter: 600 }, { first: 600, pace: 60 }, { held_out }),
  simple('virtual', { view: 'virtual' }, { size: 16, pace: 15 }),
  simple('virtual-lines', { view: 'virtual' }, { shape: 'paragraphs', size: 24, pace: 12 }, { held_out }),
  simple('virtual-never-scrolled', { view: 'virtual', transport: 'once' }, { size: 60, pace: 1, first: 1200, state: 'partly' }),
  simple('virtual-scrolled', { view: 'virtual', transport: 'once' }, { size: 40, pace: 1, first: 1200 }, { held_out, does: [ask1, done1, ['wait', 500], ['scrollThrough', 1], ['wait', 800]] }),
  simple('off-screen', { filler: true }, { size: 60, pace: 6 }),
  simple('chinese', {}, { shape: 'zh', size: 6, pace: 50 }),
  simple('chinese-react', md('react'), { shape: 'zh', size: 8, pace: 25 }, { held_out }),
  simple('arabic', {}, { shape: 'ar', size: 5 }, { held_out }),
  simple('arabic-vue', md('vue'), { shape: 'ar', size: 6 }),
  simple('emoji', {}, { shape: 'emoji', size: 4 }),
  simple('emoji-no-ids', { ids: 'none', view: 'svelte' }, { shape: 'emoji', size: 5 }, { held_out }),

  // Chats as their packages ship them.
  simple('usechat', { view: 'usechat' }, { shape: 'list' }),
  simple('usechat-no-ids', { view: 'usechat', ids: 'none' }, { shape: 'code' }, { held_out }),
  simple('usechat-stops', { view: 'usechat' }, { size: 14, state: 'stopped', signals: ['stopped'] }, { held_out, does: [ask1, ['words', 1, 120], ['stop', 1], ['wait', 1200]] }),
  simple('assistant-ui', { view: 'assistant' }, {}, { held_out }),
  simple('assistant-ui-fast', { view: 'assistant' }, { first: 400, pace: 5, size: 9 }),
  simple('copilotkit', { view: 'copilotkit' }, {}, { held_out }),
  simple('copilotkit-no-ids', { view: 'copilotkit', ids: 'none' }, { shape: 'list', pace: 20 }, { held_out }),
  {
    name: 'copilotkit-two-turns', held_out, page: { view: 'copilotkit' }, asks: [{ ...steady, shape: 'code' }, { ...slow, shape: 'table' }], does: [ask1, done1, ['wait', 800], ['ask', 2], ['done', 2], ['wait', 1000]],
  },
  simple('chainlit', { view: 'chainlit', ids: 'none' }, {}, { held_out }),
  simple('chainlit-list', { view: 'chainlit', ids: 'none' }, { shape: 'list', pace: 20 }, { held_out }),
  {
    name: 'chainlit-two-turns', held_out, page: { view: 'chainlit', ids: 'none' }, asks: [{ ...steady, shape: 'code' }, { ...slow, shape: 'table' }], does: [ask1, done1, ['wait', 800], ['ask', 2], ['done', 2], ['wait', 1000]],
  },
  {
    name: 'usechat-regenerates', page: { view: 'usechat' }, asks: [{ ...steady, signals: ['retried'] }, { ...steady, question: 1, as: 'retry' }], does: [ask1, done1, ['wait', 900], ['retryButton', 1, 2], ['done', 2], ['wait', 900]],
  },

  // How much of them was in the viewport, as the probe says.
  simple('probe', { probe: '.words' }, {}),
  simple('probe-followed', { probe: '.words', follows: true }, { size: 60, pace: 6 }),
  simple('probe-replaced', md('plain', { probe: '.words', follows: true }), { shape: 'paragraphs', size: 40, pace: 8 }),
  simple('probe-react', md('react', { probe: '.words' }), { shape: 'list', size: 24, pace: 8 }, { does: [ask1, done1, ['wait', 500], ['scrollDown'], ['wait', 1000]] }),
  simple('probe-off-screen', { probe: '.words', filler: true }, { size: 60, pace: 6 }),
  simple('probe-read-later', { probe: '.words', filler: true }, { size: 60, pace: 6 }, { does: [ask1, done1, ['wait', 500], ['scrollDown'], ['wait', 1000]] }),

  // Where they appear.
  simple('second-tab', { opens: true }, {}, { does: [ask1, ['tab', 1], done1, ['wait', 1000]] }),
  simple('second-tab-markdown', md('react', { opens: true }), { shape: 'list' }, { held_out, does: [ask1, ['tab', 1], done1, ['wait', 1000]] }),
  simple('iframe', { iframe: true, ids: 'body' }, {}),
  simple('iframe-react', md('react', { iframe: true, ids: 'none' }), { shape: 'list' }, { held_out }),
  {
    name: 'two-chats', page: { chats: ['left', 'right'] }, asks: [{ first: 900, pace: 60 }, { first: 600, pace: 70, chat: 1 }],
    does: [ask1, ['ask', 2], done1, ['done', 2], ['wait', 1000]],
  },
  {
    name: 'two-chats-no-ids', held_out, page: md('react', { chats: ['left', 'right'], ids: 'none' }), asks: [{ first: 900, pace: 60, shape: 'list' }, { first: 600, pace: 70, chat: 1 }],
    does: [ask1, ['ask', 2], done1, ['done', 2], ['wait', 1000]],
  },
  {
    name: 'three-turns', page: {}, asks: [steady, steady, steady], does: [ask1, done1, ['wait', 600], ['ask', 2], ['done', 2], ['wait', 600], ['ask', 3, 'click'], ['done', 3], ['wait', 800]],
  },
  {
    name: 'three-turns-no-ids', held_out, page: md('vue', { ids: 'none' }), asks: [steady, { ...steady, shape: 'list' }, steady],
    does: [ask1, done1, ['wait', 600], ['ask', 2], ['done', 2], ['wait', 600], ['ask', 3], ['done', 3], ['wait', 800]],
  },

  // What else the backend does, and how it reports its calls.
  simple('wrapper', {}, {}, { backend: { wire: 'wrapper' } }),
  simple('wrapper-react', md('react'), { shape: 'code' }, { held_out, backend: { wire: 'wrapper' } }),
  simple('tools-before', {}, { tools: 'before' }),
  simple('tools-before-no-ids', { view: 'react', ids: 'none' }, { tools: 'before' }, { held_out }),
  simple('tools-between', {}, { tools: 'between', size: 8 }),
  simple('tools-between-react', md('react'), { tools: 'between', size: 8 }),
  simple('tools-between-vue', md('vue'), { tools: 'between', size: 6 }),
  simple('tools-between-no-ids', { view: 'svelte', ids: 'none' }, { tools: 'between', size: 7 }),
  simple('tools-between-elements', md('elements'), { tools: 'between', size: 7 }, { held_out }),
  simple('tools-between-list', md('vue', { ids: 'none' }), { tools: 'between', shape: 'list', size: 6 }),
  simple('tools-between-mixed', md('vue'), { tools: 'between', shape: 'mixed', size: 6 }, { held_out }),
  simple('tools-between-svelte-list', md('svelte', { ids: 'none' }), { tools: 'between', shape: 'list', size: 5 }, { held_out }),
  simple('tools-between-once', { view: 'react', transport: 'once' }, { tools: 'between', size: 6, first: 1500, pace: 8 }, { held_out }),
  simple('tools-between-fast', md('svelte'), { tools: 'between', size: 8, pace: 12 }, { held_out }),
  simple('tools-before-vue', md('vue'), { tools: 'before', shape: 'list' }, { held_out }),
  simple('tools-between-typewriter', { typewriter: 120 }, { tools: 'between', size: 5 }, { held_out }),
  simple('tools-followed', { follows: true }, { tools: 'shown', rounds: 12 }),
  simple('tools-scrolled-back', { follows: true }, { tools: 'shown', rounds: 14, signals: ['scrolled_away'] }, { does: [ask1, ['steps', 1, 11], ['scrollAway', 1, -250], done1, ['wait', 1000]] }),
  simple('tools-scrolled-past', { filler: true }, { tools: 'shown', rounds: 6, signals: ['scrolled_away'] }, { does: [ask1, ['steps', 1, 2], ['scrollAway', 1], done1, ['wait', 1000]] }),
  {
    name: 'background', page: {}, asks: [steady, { first: 300, pace: 5, background: true, state: 'unknown' }], does: [ask1, ['background', 2], done1, ['wait', 1000]],
  },
  {
    name: 'background-alone', held_out, page: { view: 'vue' }, asks: [steady, { first: 900, pace: 20, background: true, state: 'unknown' }], does: [ask1, done1, ['background', 2], ['wait', 3000]],
  },

  // Which ids are sent, and by which ways requests go.
  simple('events', { transport: 'events', ids: 'body' }, {}),
  simple('events-no-ids', { transport: 'events', ids: 'none' }, {}, { held_out }),
  simple('socket', { transport: 'socket', ids: 'body' }, {}, { held_out }),
  simple('socket-no-ids', { transport: 'socket', ids: 'none' }, {}),
  simple('session-only', { ids: 'session' }, {}),
  simple('no-ids', { ids: 'none' }, {}),
  simple('no-ids-at-once', { ids: 'none', transport: 'once' }, { first: 1800, pace: 4 }, { held_out }),
  simple('no-ids-code', md('react', { ids: 'none' }), { shape: 'code' }),
  simple('no-ids-masked-inputs', md('svelte', { ids: 'none' }), { shape: 'table' }, { held_out }),
  simple('person-only', { ids: 'person', user: 'user-person' }, {}),
  simple('person-only-react', { ids: 'person', user: 'user-person-react', view: 'react' }, {}, { held_out }),
  simple('same-answer-two-users', { ids: 'none' }, { link: 'ambiguous', state: 'unknown' }, { users: 2 }),
  simple('same-answer-two-users-ids', {}, {}, { users: 2, held_out }),
  simple('same-question-two-users', { ids: 'none' }, { differs: true }, { users: 2, held_out }),

  // Clocks that are wrong.
  simple('browser-hour-back', { clock: -hour }, {}),
  simple('browser-hour-back-no-ids', { clock: -hour, ids: 'none', view: 'react' }, {}, { held_out }),
  simple('backend-hour-ahead', {}, {}, { backend: { clock: hour } }),
  simple('backend-hour-ahead-no-ids', { ids: 'none' }, {}, { held_out, backend: { clock: hour } }),
  simple('backend-ten-minutes-back', {}, {}, { held_out, backend: { clock: -600_000 } }),
  simple('backend-ten-minutes-back-socket', { transport: 'socket', ids: 'none' }, {}, { backend: { clock: -600_000 } }),
  simple('both-wrong', { clock: 1_500_000, view: 'vue' }, {}, { held_out, backend: { clock: -600_000 } }),
  {
    name: 'browser-jumps', page: { jumps: true }, asks: [steady, steady], does: [ask1, done1, ['wait', 1500], ['jump', 300_000], ['wait', 500], ['ask', 2], ['done', 2], ['wait', 1000]],
  },
  {
    name: 'browser-jumps-back', page: { jumps: true }, asks: [steady, steady], does: [ask1, done1, ['wait', 1500], ['jump', -120_000], ['wait', 500], ['ask', 2], ['done', 2], ['wait', 1000]],
  },
  {
    name: 'browser-jumps-back-an-hour', held_out, page: { jumps: true }, asks: [steady, steady], does: [ask1, done1, ['wait', 1500], ['jump', -3_600_000], ['wait', 500], ['ask', 2], ['done', 2], ['wait', 1000]],
  },
  {
    name: 'browser-jumps-back-twice', held_out, page: { view: 'react', jumps: true }, asks: [steady, { ...steady, shape: 'list' }, steady],
    does: [ask1, done1, ['wait', 1500], ['jump', -45_000], ['wait', 500], ['ask', 2], ['done', 2], ['wait', 9000], ['jump', -300_000], ['wait', 500], ['ask', 3], ['done', 3], ['wait', 1000]],
  },
  {
    name: 'backend-jumps', page: {}, backend: { own: true }, asks: [steady, steady], does: [ask1, done1, ['wait', 1500], ['backendJump', 900_000], ['ask', 2], ['done', 2], ['wait', 1000]],
  },

  // What the recording does not have.
  simple('masked', masked('.words'), { state: 'unknown' }),
  simple('masked-everything', md('react', masked('*')), { state: 'unknown' }, { held_out }),
  // Only the request tells whose answer it is. Other scenarios ask at the same moment, so each of these has an address of its own, as the chats of
  // separate sites have. In the last one two users ask at one address at once.
  simple('masked-no-ids', { ids: 'none', at: '/boiler', ...masked('*') }, { state: 'unknown' }, { backend: { served: true } }),
  simple('masked-no-ids-browser-hour-back', md('vue', { ids: 'none', at: '/kayak', clock: -hour, ...masked('*') }), { state: 'unknown' }, { held_out, backend: { served: true } }),
  simple('masked-no-ids-two-users', { ids: 'none', at: '/canal', ...masked('*') }, { state: 'unknown', link: 'undecided' }, { users: 2, backend: { served: true } }),
  {
    name: 'masked-no-ids-two-turns', held_out, page: md('svelte', { ids: 'none', at: '/piano', ...masked('*') }), backend: { served: true, clock: 600_000 },
    asks: [{ ...steady, state: 'unknown' }, { ...slow, state: 'unknown' }], does: [['wait', 6000], ask1, done1, ['wait', 4000], ['ask', 2], ['done', 2], ['wait', 1000]],
  },
  simple('blocked', { wordsClass: 'ph-no-capture' }, { state: 'unknown' }, { held_out }),
  simple('blocked-message', { messageClass: 'ph-no-capture' }, { state: 'unknown' }),
  simple('blocked-words', md('plain', { wordsClass: 'ph-no-capture' }), { shape: 'list', state: 'unknown' }),
  simple('attributes-throttled', { mutations: 'attributes' }, { size: 8, pace: 60, either: ['seen', 'unknown'] }),
  simple('mutations-too-large', { mutations: 'large' }, { first: 900, size: 12, pace: 60, either: ['seen', 'unknown'] }, { held_out }),

  // What users do while they wait.
  simple('stops', {}, { ...steady, size: 14, state: 'stopped', signals: ['stopped'] }, { does: [ask1, ['words', 1, 120], ['stop', 1], ['wait', 1200]] }),
  simple('stops-full-text', md('react'), { ...steady, size: 14, shape: 'list', state: 'stopped', signals: ['stopped'] }, { held_out, backend: { reports: 'full' }, does: [ask1, ['words', 1, 120], ['stop', 1], ['wait', 1200]] }),
  simple('stops-wrapper', { view: 'vue' }, { ...steady, size: 14, state: 'stopped', signals: ['stopped'] }, { backend: { wire: 'wrapper' }, does: [ask1, ['words', 1, 200], ['stop', 1], ['wait', 1200]] }),
  // The model had sent nothing when its user left, so there is no text to look for.
  simple('leaves-waiting', {}, { ...never, state: 'not_shown', either: ['not_shown', 'unknown'] }, { does: [ask1, ['wait', 2500], ['leave']] }),
  simple('leaves-waiting-full-text', { view: 'react' }, { ...never, state: 'not_shown' }, { held_out, backend: { reports: 'full' }, does: [ask1, ['wait', 2500], ['leave']] }),
  simple('leaves-reading', {}, { size: 20, state: 'partly' }, { held_out, backend: { reports: 'full' }, does: [ask1, ['words', 1, 150], ['leave']] }),
  simple('leaves-reading-partial', { view: 'svelte' }, { size: 20, either: ['partly', 'seen'], state: 'partly' }, { does: [ask1, ['words', 1, 150], ['leave']] }),
  simple('stays', {}, {}, { does: [ask1, done1, ['wait', 18_000]] }),
  simple('stays-react', md('react'), { shape: 'list' }, { held_out, does: [ask1, done1, ['wait', 18_500]] }),
  simple('reloads-waiting', {}, { ...never, state: 'not_shown', signals: ['reloaded'] }, { backend: { reports: 'full' }, does: [ask1, ['wait', 2000], ['reload'], ['wait', 17_500]] }),
  simple('reloads-reading', { view: 'vue' }, { size: 20, state: 'partly', signals: ['reloaded'] }, { held_out, backend: { reports: 'full' }, does: [ask1, ['words', 1, 150], ['reload'], ['wait', 17_500]] }),
  simple('rages', {}, { ...slow, signals: ['raged'], may: ['dead_click'] }, { does: [ask1, ['wait', 1500], ['rage', 1], done1, ['wait', 1000]] }),
  simple('rages-react', md('react'), { ...slow, signals: ['raged'], may: ['dead_click'] }, { held_out, does: [ask1, ['wait', 1200], ['rage', 1], done1, ['wait', 1000]] }),
  simple('dead-click', {}, { first: 5500, pace: 30, signals: ['dead_click'] }, { does: [ask1, ['wait', 1500], ['deadClick', 1], done1, ['wait', 1000]] }),
  simple('dead-click-svelte', { view: 'svelte' }, { first: 6000, pace: 30, signals: ['dead_click'] }, { held_out, does: [ask1, ['wait', 1800], ['deadClick', 1], done1, ['wait', 1000]] }),
  simple('scrolls-away', { filler: true }, { ...slow, signals: ['scrolled_away'] }, { does: [ask1, ['wait', 1200], ['scrollAway', 1], done1, ['wait', 1000]] }),
  simple('scrolls-away-react', md('react', { filler: true }), { ...slow, shape: 'list', signals: ['scrolled_away'] }, { held_out, does: [ask1, ['wait', 1500], ['scrollAway', 1], done1, ['wait', 1000]] }),
  simple('switches-away', {}, { ...slow, signals: ['switched_away'] }, { does: [ask1, ['wait', 1200], ['hide'], ['wait', 6500], ['show'], done1, ['wait', 1200]] }),
  simple('switches-away-reading', md('react'), { size: 12, pace: 40, shape: 'list', signals: ['switched_away'] }, { held_out, does: [ask1, ['words', 1, 100], ['hide'], ['wait', 9000], ['show'], done1, ['wait', 1200]] }),
  simple('never-comes-back', {}, { ...slow, state: 'not_visible', signals: ['switched_away'] }, { does: [ask1, ['wait', 1200], ['hide'], done1, ['wait', 3000]] }),
  {
    name: 'asks-again', page: {}, asks: [{ first: 9000, pace: 20, signals: ['asked_again'] }, { ...steady, question: 1, as: 'again' }],
    does: [ask1, ['wait', 2000], ['ask', 2], ['done', 2], done1, ['wait', 800]],
  },
  {
    name: 'asks-again-react', page: { view: 'react', ids: 'none' }, asks: [{ first: 10_000, pace: 20, signals: ['asked_again'] }, { ...steady, question: 1, as: 'again' }],
    does: [ask1, ['wait', 2500], ['ask', 2], ['done', 2], done1, ['wait', 800]],
  },
  {
    name: 'asks-again-vue', held_out, page: { view: 'vue', ids: 'none' }, asks: [{ first: 8000, pace: 20, signals: ['asked_again'] }, { ...steady, question: 1, as: 'again' }],
    does: [ask1, ['wait', 2500], ['ask', 2], ['done', 2], done1, ['wait', 800]],
  },

  // What they do with the answer.
  simple('copies-by-button', {}, { signals: ['copied'] }, { does: [ask1, done1, ['wait', 900], ['copyButton', 1], ['wait', 900]] }),
  simple('copies-by-button-react', md('react'), { shape: 'code', signals: ['copied'] }, { held_out, does: [ask1, done1, ['wait', 900], ['copyButton', 1], ['wait', 900]] }),
  simple('copies-by-keys', {}, { signals: ['copied', 'selected'] }, { does: [ask1, done1, ['wait', 900], ['select', 1], ['copyKeys', 1], ['wait', 900]] }),
  simple('copies-by-keys-vue', md('vue', { ids: 'none' }), { shape: 'list', signals: ['copied', 'selected'] }, { held_out, does: [ask1, done1, ['wait', 900], ['select', 1], ['copyKeys', 1], ['wait', 900]] }),
  simple('selects', {}, { signals: ['selected'] }, { held_out, does: [ask1, done1, ['wait', 900], ['select', 1], ['wait', 900]] }),
  simple('selects-svelte', md('svelte'), { shape: 'paragraphs', signals: ['selected'] }, { does: [ask1, done1, ['wait', 900], ['select', 1], ['wait', 900]] }),
  simple('follows-link', md('plain'), { shape: 'linked', signals: ['followed_link'] }, { does: [ask1, done1, ['wait', 900], ['link', 1], ['wait', 1500]] }),
  simple('follows-link-react', md('react'), { shape: 'linked', signals: ['followed_link'] }, { held_out, does: [ask1, done1, ['wait', 900], ['link', 1], ['wait', 1500]] }),
  {
    name: 'retries', page: {}, asks: [{ ...steady, signals: ['retried'] }, { ...steady, question: 1, as: 'retry' }], does: [ask1, done1, ['wait', 900], ['retryButton', 1, 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'retries-replaced', held_out, page: md('react', { replaces: true }), asks: [{ ...steady, signals: ['retried'] }, { ...steady, question: 1, shape: 'list', as: 'retry' }],
    does: [ask1, done1, ['wait', 900], ['retryButton', 1, 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'same-question-twice', page: { view: 'svelte' }, asks: [{ ...steady, signals: ['retried'] }, { ...steady, question: 1, as: 'retry' }], does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'same-question-same-answer', held_out, page: { ids: 'none' }, asks: [{ ...steady, signals: ['retried'] }, { ...steady, question: 1, answer: 1, as: 'retry' }],
    does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'edits-and-retries', page: {}, asks: [{ ...steady, signals: ['retried'] }, { ...steady, question: 1, edited: true, as: 'retry' }], does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'thanks', page: {}, asks: [{ ...steady, signals: ['thanked'] }, { ...steady, text: 'Perfect, thank you!', as: 'thanks' }], does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'thanks-vue', held_out, page: { view: 'vue' }, asks: [{ ...steady, signals: ['thanked'] }, { ...steady, text: 'great, that worked. thanks a lot', as: 'thanks' }],
    does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'complains', page: {}, asks: [{ ...steady, signals: ['complained'] }, { ...steady, text: 'No, that is wrong. It does not work.', as: 'complaint' }],
    does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  {
    name: 'complains-react', held_out, page: { view: 'react' }, asks: [{ ...steady, signals: ['complained'] }, { ...steady, text: 'This is not what I asked for, you did not answer my question', as: 'complaint' }],
    does: [ask1, done1, ['wait', 900], ['ask', 2], ['done', 2], ['wait', 900]],
  },
  simple('thumbs-up', {}, { signals: ['thumbs_up'] }, { does: [ask1, done1, ['wait', 900], ['thumb', 1, 'up'], ['wait', 900]] }),
  simple('thumbs-down-svelte', md('svelte'), { signals: ['thumbs_down'] }, { held_out, does: [ask1, done1, ['wait', 900], ['thumb', 1, 'down'], ['wait', 900]] }),
  simple('thumbs-down-traced', { thumbs: 'traced', ids: 'none' }, { signals: ['thumbs_down'] }, { held_out, does: [ask1, done1, ['wait', 900], ['thumb', 1, 'down'], ['wait', 900]] }),
  simple('thumbs-up-event', { thumbs: 'event', ids: 'none', view: 'react' }, { signals: ['thumbs_up'] }, { does: [ask1, done1, ['wait', 900], ['thumb', 1, 'up'], ['wait', 900]] }),
  {
    name: 'thumbs-of-two', page: { ids: 'none' }, asks: [{ ...steady, signals: ['thumbs_down'] }, { ...steady, signals: ['thumbs_up', 'copied'] }],
    does: [ask1, done1, ['wait', 600], ['ask', 2], ['done', 2], ['wait', 600], ['thumb', 2, 'up'], ['copyButton', 2], ['wait', 400], ['thumb', 1, 'down'], ['wait', 900]],
  },
  {
    name: 'thumbs-of-two-components', page: md('elements', { ids: 'none' }), asks: [{ ...steady, signals: ['thumbs_up', 'copied'] }, { ...steady, signals: ['thumbs_down'] }],
    does: [ask1, done1, ['wait', 600], ['ask', 2], ['done', 2], ['wait', 600], ['thumb', 2, 'down'], ['wait', 400], ['copyButton', 1], ['thumb', 1, 'up'], ['wait', 900]],
  },
  {
    name: 'thumbs-of-two-vue', held_out, page: md('vue', { ids: 'none' }), asks: [{ ...steady, signals: ['thumbs_up', 'copied'] }, { ...steady, signals: ['thumbs_down'] }],
    does: [ask1, done1, ['wait', 600], ['ask', 2], ['done', 2], ['wait', 600], ['thumb', 2, 'down'], ['wait', 400], ['copyButton', 1], ['thumb', 1, 'up'], ['wait', 900]],
  },
]

const names = scenarios.map((s) => s.name)
if (new Set(names).size !== names.length) throw new Error('two scenarios have one name')
