#if !WEFT_ON_POSIX
const Port *port_native(void)
{
    return &port_generic;
}
#endif
