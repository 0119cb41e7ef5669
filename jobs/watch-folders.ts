import { watchFolder } from '../src/flow/files/watch-folder.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const watchFolders: JobDefinition = {
  name: 'watch-folders',
  title: 'Takes the files that lie complete in the folders of integrations',
  schedule: '*/10 * * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      const accepted = await watchFolder(services, integration);
      if (accepted > 0) run.log.info({ integrationId: integration.id, accepted }, 'files accepted');
    }),
};
