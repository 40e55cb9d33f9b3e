#!/usr/bin/perl
# Transcript tier, no root: RFC 2577, what FTP servers are advised to do for
# security. Each test is a row of t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $drain = \&Inftpd::Test::Client::drain;

$server->file('file', 'content');

sub alice { return session($server, 'alice') }

# A directive's value where nobody has set it.
sub preset {
	my ($name) = @_;
	my ($row) = grep { /^\Q$name\E\t/ }
	    Inftpd::Test->output('--list-directives');

	return (split /\t/, $row)[2];
}

requirement 'RFC 2577 3: no data connection to ports below 1024' => sub {
	my $c = alice();

	gives($c, $_, 500) for 'PORT 127,0,0,1,3,255', 'PORT 127,0,0,1,0,25',
	    'EPRT |1|127.0.0.1|1023|', 'EPRT |1|127.0.0.1|0|';
	gives($c, 'RETR file', 425);
};
not_done 'RFC 2577 3: that is answered with 504',
    '500, as vsftpd has it; the RFC only suggests 504, and 5.4 does not list it' => sub {
	gives(alice(), 'PORT 127,0,0,1,3,255', 504);
};
requirement 'RFC 2577 3: PORT to another host than the client is refused' => sub {
	my $c = alice();

	gives($c, $_, 500) for 'PORT 127,0,0,2,200,0', 'PORT 192,0,2,1,200,0',
	    'PORT 0,0,0,0,200,0', 'EPRT |1|127.0.0.2|51200|';
	gives($c, 'RETR file', 425);
};
requirement 'RFC 2577 3: transfers to third parties are off unless switched on' => sub {
	same(preset($_), 'NO', $_) for 'port_promiscuous', 'pasv_promiscuous';
};
requirement 'RFC 2577 4: a data connection is checked as the control connection is' => sub {
	my $c = alice();
	my $port = $c->pasv_port;
	my $stranger = $c->dial($port, '127.0.0.2');

	gives($c, 'RETR file', 150);
	same($drain->($stranger), '', 'the stranger');
	same($drain->($c->dial($port)), 'content', 'the client');
	then_gives($c, 226);
};
requirement 'RFC 2577 5: after three to five wrong passwords the connection is closed' => sub {
	my $c = session($server);
	my $most = preset('max_login_fails');

	holds($most >= 3 && $most <= 5, "max_login_fails=$most");
	for (1 .. $most) {
		gives($c, 'USER alice', 331);
		gives($c, 'PASS wrong', 530);
	}
	then_gives($c, 421);
	same($c->line // 'end', 'end', 'then');
};
requirement 'RFC 2577 5: a wrong password is answered late' => sub {
	my $own = Inftpd::Test->new(conf => { delay_failed_login => 1 });
	my $c = session($own);
	my $before = Time::HiRes::time();

	gives($c, 'USER alice', 331);
	gives($c, 'PASS wrong', 530);
	holds(Time::HiRes::time() - $before >= 0.9, 'at once');
	holds(preset('delay_failed_login') >= 1, 'no delay by default');
};
not_done 'RFC 2577 5: the delay is five seconds',
    'one by default, as in vsftpd; delay_failed_login can be more' => sub {
	holds(preset('delay_failed_login') >= 5, 'less');
};
requirement 'RFC 2577 6: a password does not get into the log' => sub {
	my $own = Inftpd::Test->new(conf => { log_ftp_protocol => 'YES' });
	my $c = session($own);

	gives($c, 'USER alice', 331);
	gives($c, 'PASS not-the-secret', 530);
	gives($c, 'PASS 2nd-secret', 503);
	gives($c, 'pass 3rd-secret', 503);
	holds($c->log =~ /PASS/ && $c->log !~ /secret/, $c->log);
};
requirement 'RFC 2577 7: USER is answered alike for every name' => sub {
	my $c = session($server);
	my %answers = map { join(' ', ($c->cmd("USER $_"))[0, 1]) => 1 }
	    'alice', 'nobody-here', 'anonymous', 'root', '../x', '%s';

	same(scalar keys %answers, 1, join ', ', keys %answers);
	holds((keys %answers)[0] =~ /^331 /, (keys %answers)[0]);
};
requirement 'RFC 2577 7: a wrong password and an unknown user hear the same' => sub {
	my $c = session($server);
	my %answers;

	for my $user ('alice', 'nobody-here') {
		gives($c, "USER $user", 331);
		$answers{join ' ', ($c->cmd('PASS wrong'))[0, 1]} = 1;
	}
	same(scalar keys %answers, 1, join ', ', keys %answers);
};
requirement 'RFC 2577 8: the ports of PASV cannot be told beforehand' => sub {
	my $c = alice();
	my @ports = map { $c->pasv_port } 1 .. 30;
	my %steps = map { $ports[$_] - $ports[$_ - 1] => 1 } 1 .. $#ports;

	holds(keys %steps > 10, "@ports");
};
requirement 'RFC 2577 8: nor those of a small range that is configured' => sub {
	my $own = Inftpd::Test->new(conf => { pasv_min_port => 41000,
	    pasv_max_port => 41999 });
	my $c = session($own, 'alice');
	my @ports = map { $c->pasv_port } 1 .. 30;
	my %steps = map { $ports[$_] - $ports[$_ - 1] => 1 } 1 .. $#ports;

	holds(keys %steps > 10, "@ports");
	holds(!(grep { $_ < 41000 || $_ > 41999 } @ports), "@ports");
};
requirement 'RFC 2577 8: a stolen port gets nothing of an upload in' => sub {
	my $c = alice();
	my $port = $c->pasv_port;
	my $thief = $c->dial($port, '127.0.0.2');

	Inftpd::Test::Client::write_all($thief, 'stolen');
	gives($c, 'STOR stored', 150);
	my $own = $c->dial($port);
	Inftpd::Test::Client::write_all($own, 'own');
	close $own;
	then_gives($c, 226);
	same($server->content('stored'), 'own', 'content');
};
requirement 'RFC 2577 8: no port stays open behind its transfer' => sub {
	my $c = alice();
	my $port = $c->pasv_port;

	gives($c, 'RETR file', 150);
	same($drain->($c->dial($port)), 'content', 'RETR');
	then_gives($c, 226);
	holds(!$c->dial($port), 'it is open');
};
requirement 'RFC 2577 9: anonymous users read only, unless switched on' => sub {
	my $c = session($server, 'anonymous');

	$c->pasv;
	gives($c, $_, 550) for 'STOR x', 'APPE x', 'DELE file', 'MKD x',
	    'RNFR file', 'SITE CHMOD 777 file';
	same(($c->retr('file'))[0], 'content', 'RETR');
};
requirement 'RFC 2577 9: what anonymous users store is not given out' => sub {
	my $own = Inftpd::Test->new(conf => { write_enable => 'YES',
	    anon_upload_enable => 'YES' });
	my $c = session($own, 'anonymous');

	same(($c->stor('stored', 'x'))[0], 226, 'STOR');
	$c->pasv;
	gives($c, 'RETR stored', 550);
};

$server->done;
done_testing;
