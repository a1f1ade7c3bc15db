import { engineAnswers, imagesReady, type ContainerPart } from './containers.js';
import type { LocalStackOptions } from './local-stack-options.js';
import { chooseSource, type Source } from './source.js';

/** Where broker and database come from. */
export interface Sources {
  readonly kafka: Source;
  readonly postgres: Source;
}

/** Chooses both sources; looks for a container engine only where a container would be taken. */
export async function chooseSources(
  options: LocalStackOptions,
  onProgress: (line: string) => void,
): Promise<Sources> {
  const own = options.ownProcesses === true;
  const kafka = { givenAddress: process.env['KAFKA_BROKERS'], needsProcess: own || needsOwnBroker(options) };
  const postgres = {
    givenAddress: process.env['DATABASE_URL'],
    needsProcess: own || options.postgresSettings !== undefined,
  };
  const choose = (containersReady: boolean): Sources => ({
    // Where no broker is wanted none has to be found.
    kafka: options.brokers === 0 ? 'given' : chooseSource({ ...kafka, containersReady }),
    postgres: chooseSource({ ...postgres, containersReady }),
  });
  const wanted = contained(choose(true));
  if (wanted.length === 0) return choose(false);
  return choose((await engineAnswers()) && (await imagesReady(wanted, onProgress)));
}

function needsOwnBroker(options: LocalStackOptions): boolean {
  const special = [options.brokerProperties, options.brokerListeners, options.scramUsers];
  return options.brokers === 3 || special.some((each) => each !== undefined);
}

/** The servers that are to be containers. */
export function contained(kinds: Sources): readonly ContainerPart[] {
  return (['kafka', 'postgres'] as const).filter((part) => kinds[part] === 'container');
}
