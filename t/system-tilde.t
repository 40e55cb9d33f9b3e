#!/usr/bin/perl
# System tier: tilde_user_enable of a local user who is not confined: "~" is
# his home directory and not the root of the machine.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

account('alice', uid => 1001);
configure(local_enable => 'YES', write_enable => 'YES',
    tilde_user_enable => 'YES');
super_server();

my $c = dial();
$c->login('alice');
$c->expect('PWD', 257, qr{^"/home/alice" });
$c->expect('MKD ~/in', 257, qr{^"/home/alice/in" });
$c->expect('CWD /', 250);
$c->expect('CWD ~/in', 250);
$c->expect('PWD', 257, qr{^"/home/alice/in" });
$c->expect('CWD ~', 250);
$c->expect('PWD', 257, qr{^"/home/alice" });
$c->expect('CWD ~alice', 550, undef, 'another ~ is a name');
$c->quit;
done_testing;
