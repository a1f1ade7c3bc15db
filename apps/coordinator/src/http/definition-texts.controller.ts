import { Controller, Get, Inject } from '@nestjs/common';
import { ReadPublishedTexts, type PublishedTexts } from '#libs/orchestration';

/** What is published, as it was written. */
@Controller('definitions/texts')
export class DefinitionTextsController {
  constructor(@Inject(ReadPublishedTexts) private readonly texts: ReadPublishedTexts) {}

  @Get()
  read(): Promise<PublishedTexts> {
    return this.texts.read();
  }
}
