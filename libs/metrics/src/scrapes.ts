import type { Book, Scraped } from './book.js';
import type { PromBook } from './prom-book.js';

/** What a program shows to Prometheus. prom-client is loaded by the first scrape: who is not scraped does not pay. */
export class Scrapes {
  private book: Promise<PromBook> | null = null;

  constructor(private readonly write: (book: Book) => void) {}

  async scrape(): Promise<Scraped> {
    this.book ??= import('./prom-book.js').then(({ PromBook }) => PromBook.of(this.write));
    return (await this.book).scrape();
  }
}
