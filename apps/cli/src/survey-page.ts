import type { SagaSurvey, Touchpoint } from '#libs/saga';
import { table } from './table.js';

/** A survey in words: what is kept, who hands over to whom, where is decided, what is touched, what is opaque. */
export function surveyPage(survey: SagaSurvey): string {
  const { saga, version, owner, kept, handoffs, decisions, touchpoints } = survey;
  const crossing = touchpoints.filter(({ crosses }) => crosses).length;
  const head = `${saga} version ${version}${owner === undefined ? '' : `, of ${owner}`}`;
  return [
    head,
    section(
      `Handoffs: ${handoffs.length}`,
      ['FROM', 'WHOSE', 'TO', 'WHOSE'],
      handoffs.map(({ from, fromWhom, to, toWhom }) => [from, fromWhom, to, toWhom]),
    ),
    section(
      `Decision points: ${decisions.length}`,
      ['BLOCK', 'DECIDES'],
      decisions.map(({ block, decides }) => [block, decides]),
    ),
    section(
      `Touchpoints: ${touchpoints.length}, across a boundary of owners: ${crossing}`,
      ['BLOCK', 'OWNER', '', 'WHAT', 'WHOSE', ''],
      touchpoints.map(touchpointRow),
    ),
    section(
      `Never undone: ${kept.length}`,
      ['BLOCK', 'BECAUSE'],
      kept.map(({ block, because }) => [block, because]),
    ),
    opaqueSection(survey),
  ].join('\n\n');
}

function touchpointRow({ block, blockOwner, way, name, party, owner, crosses }: Touchpoint) {
  return [block, blockOwner ?? '', waysOf(way), name, owner ?? party, crosses ? 'crosses' : ''];
}

const WAYS: Readonly<Record<Touchpoint['way'], string>> = {
  asks: 'asks',
  verifies: 'verifies by',
  undoes: 'undoes by',
  hears: 'hears',
  tells: 'tells',
  people: 'asks people:',
  runs: 'runs',
  follows: 'follows on',
  knows: 'knows',
};

/** How a block deals with something, as a verb. */
export function waysOf(way: Touchpoint['way']): string {
  return WAYS[way];
}

function opaqueSection({ opaque: { blocks, of, share } }: SagaSurvey): string {
  const percent = Math.round(share * 100);
  return section(
    `Opaque: ${blocks.length} of ${of} blocks that work or decide (${percent}%)`,
    ['BLOCK', 'BECAUSE'],
    blocks.map(({ block, because }) => [block, because]),
  );
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? title : `${title}\n${table(headings, rows)}`;
}
