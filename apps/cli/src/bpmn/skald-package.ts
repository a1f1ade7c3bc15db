const text = { name: 'text', isBody: true, type: 'String' };
const attribute = (name: string): object => ({ name, isAttr: true, type: 'String' });
const element = (name: string, ...properties: readonly object[]): object => ({
  name,
  superClass: ['Element'],
  properties,
});

/** The description of the namespace, as `bpmn-moddle` wants it. */
export const SKALD_PACKAGE = {
  name: 'Skald',
  prefix: 'skald',
  uri: 'https://skald/bpmn',
  xml: { tagAlias: 'lowerCase' },
  types: [
    element('Saga', text),
    element('Block', attribute('next'), attribute('join'), text),
    element('Part', attribute('of'), attribute('next'), text),
    element('Way', attribute('name')),
  ],
} as const;
