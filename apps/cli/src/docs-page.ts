import { mermaidOf, type SagaSurvey, type Touchpoint } from '#libs/saga';
import { waysOf } from './survey-page.js';

/** A page about a saga in Markdown: what it does in words, its diagram, and the lists of a survey. */
export function docsPage(survey: SagaSurvey, words: readonly string[]): string {
  const { saga, version, title, owner, graph, handoffs, decisions, touchpoints, kept, opaque } = survey;
  return [
    `# ${title ?? saga}`,
    `\`${saga}\` version ${version}${owner === undefined ? '' : `, of ${owner}`}. ${WRITTEN_BY}`,
    `## In words\n\n${fenced('text', words.join('\n'))}`,
    `## Flow\n\n${fenced('mermaid', mermaidOf(graph).trimEnd())}`,
    section('Touchpoints', ['Block', 'Owner', 'What', 'Whose'], touchpoints.map(touchpointRow)),
    section(
      'Handoffs',
      ['From', 'Whose', 'To', 'Whose'],
      handoffs.map(({ from, fromWhom, to, toWhom }) => [from, fromWhom, to, toWhom]),
    ),
    section(
      'Decision points',
      ['Block', 'Decides'],
      decisions.map(({ block, decides }) => [block, `\`${decides}\``]),
    ),
    section(
      'Never undone',
      ['Block', 'Because'],
      kept.map(({ block, because }) => [block, because]),
    ),
    section(
      'Opaque',
      ['Block', 'Because'],
      opaque.blocks.map(({ block, because }) => [block, because]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** A page that leads to those of all sagas. */
export function docsIndex(surveys: readonly SagaSurvey[]): string {
  const rows = surveys.map(({ saga, version, title, owner, handoffs, decisions, touchpoints }) => [
    `[${title ?? saga}](${docsFile(saga)})`,
    String(version),
    owner ?? '',
    ...[handoffs, decisions, touchpoints].map(({ length }) => String(length)),
  ]);
  const headings = ['Saga', 'Version', 'Owner', 'Handoffs', 'Decision points', 'Touchpoints'];
  return `# Sagas\n\n${WRITTEN_BY}\n\n${tableOf(headings, rows)}\n`;
}

/** The file of a saga's page. */
export function docsFile(saga: string): string {
  return `${saga}.md`;
}

/** Stands on every page, and nowhere else. */
export const WRITTEN_BY = 'Written by `skald docs` from its definition.';

function touchpointRow({
  block,
  blockOwner,
  way,
  name,
  party,
  owner,
  crosses,
}: Touchpoint): readonly string[] {
  return [
    block,
    blockOwner ?? '',
    `${waysOf(way)} \`${name}\``,
    `${owner ?? party}${crosses ? ' (crosses)' : ''}`,
  ];
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `## ${title} (${rows.length})\n\n${tableOf(headings, rows)}`;
}

function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map(lineOf).join('\n');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
