// The pictures of the README: what each shows, and how to get there. e2e/pictures.js makes them.

/** The folder of the pictures, relative to the root of the repository. */
export const folder = 'docs/images'

/** The first trace that matches a query. */
const first = async (api, q) => (await api(`/api/traces?limit=1&q=${encodeURIComponent(q)}`)).items[0]

/**
 * `path` gets a function that asks the API.
 * @type {{ file: string, dark?: boolean, path: (api: (path: string) => Promise<any>) => string | Promise<string>, ready: (page: any) => Promise<unknown> }[]}
 */
export const pictures = [
  {
    file: 'replay.png',
    path: async (api) => {
      const { id, seen } = await first(api, 'prop.feature:support seen:seen reaction.kind:thanked generations:>1')
      return `/traces/${id}?replay=1&t=${seen.last_words_ms + 500}&window=${seen.window_id}`
    },
    ready: (page) => page.locator('[data-testid=player][data-status=ready]').waitFor(),
  },
  { file: 'impact.png', path: () => '/impact?since=30d', ready: (page) => page.locator('main h2').first().waitFor() },
  { file: 'overview.png', path: () => '/overview?since=7d', ready: (page) => page.getByTestId('change').first().waitFor() },
  { file: 'generations.png', dark: true, path: () => `/generations?q=${encodeURIComponent('prop.feature:support seen:*')}`, ready: (page) => page.getByTestId('generation-row').nth(10).waitFor() },
  {
    file: 'conversation.png',
    path: async (api) => `/conversations/${(await first(api, 'prop.feature:support seen:seen reaction.kind:thumbs_up reaction.kind:thanked')).conversation_id}`,
    ready: (page) => page.getByTestId('turn').first().waitFor(),
  },
]
