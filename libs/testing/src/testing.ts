/** What is needed to test sagas: the entry `./testing` of the package. It needs no test runner. */
export { FakeClock } from './fake-clock.js';
export type { Claims, Happenings, SagaPlay } from './saga-play.js';
export {
  givenSaga,
  type SagaBeginning,
  type SagaStory,
  type SaidEvent,
  type SaidFact,
  type StoryDefinition,
  type StoryOptions,
} from './saga-story.js';
