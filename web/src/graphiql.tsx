import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './monaco-workers.ts';
import { authorization, connect } from './session.ts';

const FIRST_QUERY = `# Every order of every connected system. Press Ctrl-Enter.
query LatestOrders {
  orders(first: 5) {
    edges {
      node {
        number
        status
        totals { grandTotal }
        links { integration { name } state externalId }
      }
    }
  }
}

# Each change as it happens; send an order from the first page and watch.
subscription LiveChanges {
  changes { cursor at kind entityType entityId integrationId }
}
`;

const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  wsClient: connect(),
  fetch: async (input, init) => {
    const token = await authorization();
    return fetch(input, { ...init, headers: { ...init?.headers, ...(token ? { authorization: token } : {}) } });
  },
});

/** What a link of an alert brings along. */
const query = new URLSearchParams(location.search).get('query');

const root = document.getElementById('graphiql');
if (root)
  createRoot(root).render(
    <GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUERY} {...(query && { initialQuery: query })} />,
  );
