#!/usr/bin/perl
# Transcript tier, no root: EPSV (RFC 2428 section 3), on IPv4 and IPv6.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'content');
my $c = $server->connect;
$c->expect('EPSV', 530);
$c->login('alice');
$c->expect('EPSV', 229, qr/^Entering Extended Passive Mode \(\|\|\|\d+\|\)\.$/);
$c->expect('EPSV 1', 229);
$c->expect('EPSV 2', 522, qr/\(1\)/, 'the other family, and what to use');
$c->expect('EPSV 3', 522, qr/\(1\)/);
$c->expect('EPSV x', 501);
is(($c->retr('file', 'epsv'))[0], 'content', 'a transfer');
$c->expect('EPSV ALL', 200);
$c->expect('epsv all', 200);
$c->expect('PASV', 503, undef, 'after EPSV ALL: no PASV');
$c->expect('PORT 127,0,0,1,200,0', 503, undef, 'no PORT');
$c->expect('EPRT |1|127.0.0.1|51200|', 503, undef, 'no EPRT');
is(($c->retr('file', 'epsv'))[0], 'content', 'but EPSV');
$c->quit;

SKIP: {
	skip 'no ::1 on this machine', 8 unless Inftpd::Test::has_ipv6();
	$c = $server->login('alice', address => '::1');
	is(($c->retr('file', 'epsv'))[0], 'content', 'a transfer over IPv6');
	is(($c->retr('file', 'eprt'))[0], 'content', 'and by EPRT');
	$c->expect('EPSV 2', 229);
	$c->expect('EPSV 1', 522, qr/\(2\)/);
	$c->expect('PASV', 522, undef, 'PASV has no words for IPv6');
	$c->expect('PORT 127,0,0,1,200,0', 522);
	$c->expect('EPRT |1|127.0.0.1|51200|', 522);
	my @lines = $c->expect('STAT', 211);
	like("@lines", qr/Connected to ::1/);
	$c->quit;
}
done_testing;
