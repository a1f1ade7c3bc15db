/** What is needed to test sagas: the entry `./testing` of the package. It needs no test runner. */
export { FakeClock } from './fake-clock.js';
export { givenSaga, type SagaStory, type StoryDefinition, type StoryOptions } from './saga-story.js';
