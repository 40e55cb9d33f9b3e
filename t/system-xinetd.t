#!/usr/bin/perl
# Tier 3: the shipped xinetd entry under xinetd itself, with real clients.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

plan skip_all => 'no xinetd here' if system('command -v xinetd >/dev/null');

my $entry = read_file(xinetd_entry());
like($entry, qr/^\s*disable\s*=\s*yes$/m, 'comes switched off');
$entry =~ s/^(\s*disable\s*=\s*)yes$/$1no/m;
write_file('/tmp/xinetd.conf', $entry);
write_file('/etc/services', "ftp 21/tcp\n");

my %home = three_kinds(connect_from_port_20 => 'YES');
my $xinetd = Inftpd::System::start(
    [qw(xinetd -dontfork -f /tmp/xinetd.conf -filelog /tmp/xinetd.log),
    qw(-pidfile /tmp/xinetd.pid)]);

my $c = dial();
my ($ftpd) = sessions();
my %is = status_of($ftpd);
is($is{Uid}, join(' ', (900) x 4), 'a session is inftpd from the start');
$c->login('alice');
is(scalar(grep { !m{/dev/null|socket} } map { readlink // () } glob
    "/proc/$ftpd/fd/*"), 0, "nothing of xinetd's is open in it");
%is = status_of($ftpd);
is($is{NoNewPrivs}, 1, 'and confined once it has its helper');
is(readlink '/proc/' . file_agent() . '/exe', helper_path(),
    'the helper is the installed one');
$c->quit;
check_clients(%home);
ok(Inftpd::Test::wait_until(sub { !sessions() }, 5), 'no session is left');

stop($xinetd);
done_testing;
