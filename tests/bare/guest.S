// guest.S -- puts the module that GUEST names into flash, as it is.
// SPDX-License-Identifier: MIT
    .section .guest, "a"
    .balign 4
    .incbin GUEST
