/** Starts GraphiQL in the browser; `?person=ana` signs in first, where the development sign-in exists. */
export const START_SCRIPT = `
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => '/graphiql/' + ({ json: 'json', graphql: 'graphql' }[label] || 'editor') + '.worker.js',
};
const DEFAULT_QUERY = \`# The API of Imprimatur. Press the docs button for every operation and what it needs.
query Hello {
  viewer { ref roles tenant { name } }
  rateLimit { remaining resetAt }
}
\`;
const signIn = async (person) => {
  if (!person) return null;
  const answer = await fetch('/auth/development', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
  });
  return answer.ok ? (await answer.json()).accessToken : null;
};
const start = (token) => {
  const headers = token ? JSON.stringify({ authorization: 'Bearer ' + token }, null, 2) : '{}';
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    endpoint: '/graphql',
    title: 'Imprimatur',
    defaultQuery: DEFAULT_QUERY,
    headers,
    subscriptionsProtocol: 'WS',
    shouldPersistHeaders: false,
  });
};
signIn(new URLSearchParams(location.search).get('person')).then(start, () => start(null));
`;
