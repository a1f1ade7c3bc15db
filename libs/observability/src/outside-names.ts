/**
 * Names that come from outside, as attributes of metrics: the first of them are told as they are, all that come behind
 * them are one. So nobody can make as many series as they like.
 */
export class OutsideNames {
  private readonly known = new Set<string>();

  constructor(private readonly most: number) {}

  told(name: string): string {
    if (!this.known.has(name)) {
      if (this.known.size >= this.most) return 'other';
      this.known.add(name);
    }
    return name;
  }
}
