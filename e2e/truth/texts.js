// What is asked and answered. All of it follows from the scenario's name and the number of the question, so the page's backend and the comparison know the same
// texts, and no two scenarios share a sentence unless they say so.

const subjects = ['the boiler', 'a fig tree', 'the tram line', 'my sourdough', 'the roof hatch', 'a rented kayak', 'the old piano', 'our bee hive', 'the guest router', 'a wool coat', 'the canal lock', 'a paper archive', 'the cargo bike', 'our rain barrel', 'the film camera', 'a stone wall']
const doings = ['keeps', 'loses', 'needs', 'gathers', 'carries', 'returns', 'shows', 'hides', 'gives', 'takes', 'holds', 'drops']
const things = ['warm air', 'loose screws', 'four litres', 'a thin crust', 'blue paint', 'low pressure', 'a spare key', 'dry sand', 'soft light', 'seven pages', 'an even hum', 'clean water', 'a short rope', 'its own shade', 'late frost', 'fresh oil']
const ways = ['before noon', 'after two days', 'without a tool', 'under the lid', 'near the window', 'in small steps', 'against the grain', 'at low tide', 'with both hands', 'behind the panel', 'until it rests', 'from the left']

/** Pseudo-random numbers from 0 up to 1 that depend only on a text. */
function random(text) {
  let state = 2166136261
  for (const c of text) state = Math.imul(state ^ c.codePointAt(0), 16777619)
  return () => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9 | 0
    let t = state ^ (state >>> 13)
    t = Math.imul(t, 3266489917)
    return ((t ^ (t >>> 16)) >>> 0) / 4294967296
  }
}

const one = (of, next) => of[Math.floor(next() * of.length)]
const sentence = (next) => {
  const text = `${one(subjects, next)} ${one(doings, next)} ${one(things, next)} ${one(ways, next)} and ${one(doings, next)} ${one(things, next)} ${one(ways, next)}`
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}
const sentences = (n, next) => Array.from({ length: n }, () => sentence(next)).join(' ')

const languages = {
  zh: {
    ask: (n) => `请问怎样在雨季保持第${n}号帐篷的干燥？`,
    words: ['先把帐篷搭在高处', '打开两侧的通风口', '睡袋要放在防水袋里', '地布不能露出外帐', '早晨擦掉内帐的水珠', '炊具留在门厅', '绳子每晚重新拉紧', '湿衣服不要带进来', '雨停后立即晾晒', '检查接缝处的胶条'],
    join: '，', end: '。',
  },
  ar: {
    ask: (n) => `كيف أحافظ على الخيمة رقم ${n} جافة في موسم المطر؟`,
    words: ['انصب الخيمة على أرض مرتفعة', 'افتح فتحتي التهوية معا', 'ضع كيس النوم في حقيبة عازلة', 'لا تترك الأرضية تظهر من الخارج', 'امسح قطرات الماء كل صباح', 'اترك أدوات الطبخ قرب الباب', 'شد الحبال مرة أخرى كل مساء', 'جفف القماش بعد توقف المطر', 'افحص الشريط اللاصق عند الدرزات'],
    join: '، ', end: '. ',
  },
  emoji: {
    ask: (n) => `⛺🌧️ dry tent number ${n}??? 🙏😅`,
    words: ['⛰️ pitch it high', 'open both vents 🌬️', 'bag 🛌 stays in a dry sack', 'no ground sheet outside 🚫', 'wipe drops 💧 at dawn', 'stove 🔥 in the porch', 'lines tight 🪢 each night', 'dry it ☀️ after rain', '👩‍🔧 check the seams', '👍🏽 done well'],
    join: ' ✨ ', end: '! 🎉 ',
  },
}

function inLanguage({ words, join, end }, n, next) {
  let text = ''
  for (let i = 0; i < n; i++) text += Array.from({ length: 3 }, () => one(words, next)).join(join) + end
  return text
}

/** The shapes that answers have, each of about `size` sentences. */
const shapes = {
  prose: (size, next) => sentences(size, next),
  paragraphs: (size, next) => Array.from({ length: Math.ceil(size / 3) }, () => sentences(3, next)).join('\n\n'),
  list: (size, next) => `${sentence(next)}\n\n${Array.from({ length: size }, (_, i) => `${i + 1}. **${one(things, next)}**: ${sentence(next)}`).join('\n')}\n\n${sentence(next)}`,
  code: (size, next) => `## ${sentence(next)}\n\n${sentences(Math.ceil(size / 3), next)}\n\n\`\`\`js\n${Array.from({ length: size }, (_, i) => `const step${i} = await move('${one(things, next)}', ${Math.floor(next() * 900)}) // ${one(ways, next)}`).join('\n')}\n\`\`\`\n\n${sentences(Math.ceil(size / 3), next)}`,
  table: (size, next) => `${sentence(next)}\n\n| part | what it does | when |\n| --- | --- | --- |\n${Array.from({ length: size }, () => `| ${one(subjects, next)} | ${one(doings, next)} *${one(things, next)}* | ${one(ways, next)} |`).join('\n')}\n\n${sentences(2, next)}`,
  linked: (size, next) => `${sentences(Math.ceil(size / 2), next)} Read [the guide to ${one(subjects, next)}](/guide) first.\n\n${sentences(Math.ceil(size / 2), next)}`,
  mixed: (size, next) => [shapes.list(Math.ceil(size / 3), next), shapes.code(Math.ceil(size / 3), next), shapes.table(Math.ceil(size / 3), next)].join('\n\n'),
  short: () => 'Yes.',
  zh: (size, next) => inLanguage(languages.zh, size, next),
  ar: (size, next) => inLanguage(languages.ar, size, next),
  emoji: (size, next) => inLanguage(languages.emoji, size, next),
}

/** A five-digit number that depends only on a name, for texts that must differ. */
export const numberOf = (name) => Math.floor(random(name)() * 90_000) + 10_000

/** The question of an ask. `text` is taken as it is; `question` names the ask whose question it shares. */
export function questionOf(scenario, n) {
  const ask = scenario.asks[n - 1]
  if (ask.text) return ask.text
  const own = `${scenario.name} question ${ask.question ?? n}`
  const next = random(own)
  const text = languages[ask.shape]?.ask(numberOf(own)) ?? `What should I do when ${one(subjects, next)} ${one(doings, next)} ${one(things, next)} ${one(ways, next)}, case ${numberOf(own)}?`
  return ask.edited ? `${text.slice(0, -1)}, in short?` : text
}

/** The answer to it, as the model writes it: Markdown. Two users get the same one, unless the ask says that it `differs`. */
export function answerOf(scenario, n, user) {
  const ask = scenario.asks[n - 1]
  return shapes[ask.shape ?? 'prose'](ask.size ?? 6, random(`${scenario.name} answer ${ask.answer ?? n}${ask.differs ? ` for ${user}` : ''}`))
}

/** How long the last piece of an answer waits for its user to stop it, ms. */
const stopMs = 90_000

/** A text in the pieces in which a model sends it, each with the milliseconds before it. */
export function pieces(text, { first = 500, pace = 40, stalls = [], state }) {
  // Text in a script without spaces comes in pieces of a few characters, as tokens do.
  const words = /\p{Script=Han}/u.test(text) ? text.match(/[^]{1,3}/gu) : text.match(/\S+\s*|\s+/gu)
  const all = words.map((word, i) => ({ after: i ? pace : first, text: word }))
  for (const [share, ms] of stalls) all[Math.max(1, Math.floor(share * all.length))].after += ms
  // An answer that its user stops does not end before: on a busy machine the whole of it could arrive before the page gets the click.
  if (state === 'stopped') all.at(-1).after = stopMs
  return all
}
