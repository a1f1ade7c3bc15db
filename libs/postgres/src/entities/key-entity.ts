import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which saga has a business key. */
@Entity('saga_key')
export class KeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_key_pkey' })
  definition!: string;

  @PrimaryColumn({ name: 'key_hash', type: 'bytea', primaryKeyConstraintName: 'saga_key_pkey' })
  keyHash!: Buffer;

  @Column({ name: 'saga_id', type: 'uuid' })
  sagaId!: string;

  /** Whether the key is free again once the saga has ended. */
  @Column('boolean')
  reusable!: boolean;
}
