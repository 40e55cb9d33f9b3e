#!/usr/bin/perl
# Transcript tier, no root: rates. Only what a slow machine cannot change:
# never faster than told, and to whom which directive applies.
# directive: anon_max_rate, anon_max_rate_up, local_max_rate, local_max_rate_up

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { anon_max_rate => '100K' },
    users => {
	slow => { local_max_rate => '100K' },
	up => { local_max_rate => '100K', local_max_rate_up => '100M' },
	fast => {},
	limitedup => { virtual_use_local_privs => 'NO', anon_upload_enable => 'YES',
	    anon_max_rate => '100M', anon_max_rate_up => '100K' },
	limited => { virtual_use_local_privs => 'NO', anon_upload_enable => 'YES' },
    });
my $bytes = 'x' x 51200;

$server->file('file', $bytes);

# All at once, each timed: at 100 KiB a second this takes about half a second,
# of which the first 50 ms may come at once.
my %least = (
	'slow RETR' => 0.35, 'slow STOR' => 0.35, 'up RETR' => 0.35,
	'up STOR' => 0, 'fast RETR' => 0, 'anonymous RETR' => 0.35,
	'limited RETR' => 0.35, 'limitedup RETR' => 0, 'limitedup STOR' => 0.35,
);
my @running;
for my $what (sort keys %least) {
	my ($who, $verb) = split / /, $what;
	my $c = $server->login($who);
	my $data = $c->pasv;
	my $name = $verb eq 'RETR' ? 'file' : "of-$who";

	push @running, [$what, $c, $data, Time::HiRes::time()];
	$c->expect("$verb $name", 150, undef, $what);
	if ($verb eq 'STOR') {
		Inftpd::Test::Client::write_all($data, $bytes);
		close $data;
	}
}
for (@running) {
	my ($what, $c, $data, $started) = @$_;

	is(length Inftpd::Test::Client::drain($data), 51200, "$what: all comes")
	    if $what =~ /RETR/;
	$c->expect_reply(226);
	my ($seconds) = $c->log =~ /(?:up|down)load ".*": 51200 bytes, ([\d.]+) sec/;
	cmp_ok($seconds, '>=', $least{$what}, "$what takes its time");
	cmp_ok($seconds, '<', 5 * $Inftpd::Test::SLOW, 'and not for ever');
	$c->quit;
}
is(length $server->content('of-slow'), 51200, 'uploads are whole');

# A limited transfer can be aborted while it waits.
my $c = $server->login('slow');
$server->file('large', 'x' x 10000000);
my $data = $c->pasv;
$c->expect('RETR large', 150);
$c->raw("ABOR\r\n");
$c->expect_reply(426, undef, 'ABOR of a slow transfer');
$c->expect_reply(226);
$c->quit;

# It leaves the processor alone.
my ($user, $system) = (times)[2, 3];
$c = $server->login('slow');
is(($c->retr('file'))[1], 226);
$c->quit;
my ($user2, $system2) = (times)[2, 3];
cmp_ok($user2 - $user + $system2 - $system, '<', 0.3 * $Inftpd::Test::SLOW,
    'a slow transfer sleeps');
$server->done;
done_testing;
