/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Total store order for Promela: spin itself is sequentially consistent, so that the reordering
 * that every Dekker-like rule of Tocsin exists for (a store followed by a load of another word)
 * could not appear without this file.
 *
 * The including model defines NCPU, NADDR and SBSIZE first. Shared words live in mem[]; a store
 * goes to a FIFO of its CPU, which a drain process empties one entry at any time it likes; a load
 * takes the youngest store of its own CPU to that word, else memory. A fence waits for the empty
 * buffer, an atomic read-modify-write drains first and then works on memory. A signal handler
 * uses the buffer of the CPU that it interrupts; neither its entry nor its return is taken for a
 * fence (UIRET isn't one).
 */
byte mem[NADDR];
chan sb[NCPU] = [SBSIZE] of { byte, byte };
byte own_count[NCPU * NADDR];   /* stores of this CPU to this word still in its buffer */
byte own_value[NCPU * NADDR];  /* and the youngest one */

#define OWN(cpu, a) ((cpu) * NADDR + (a))
#define LOADED(cpu, a) (own_count[OWN(cpu, a)] -> own_value[OWN(cpu, a)] : mem[a])
#define DRAINED(cpu) (empty(sb[cpu]))

inline store(cpu, a, v)
{
    atomic {
        nfull(sb[cpu]);
        own_value[OWN(cpu, a)] = v;
        own_count[OWN(cpu, a)]++;
        sb[cpu]!a,own_value[OWN(cpu, a)];
    }
}

#define fence(cpu) DRAINED(cpu)

proctype drain(byte cpu)
{
    byte a;
    byte v;
end:
    do
    :: atomic {
        sb[cpu]?a,v;
        mem[a] = v;
        own_count[OWN(cpu, a)]--;
        if
        :: own_count[OWN(cpu, a)] == 0 -> own_value[OWN(cpu, a)] = 0
        :: else
        fi;
        a = 0;
        v = 0
       }
    od
}
